import { markdownTable, withSupportSection } from '../../support-section.ts';
import type { Result } from './run.ts';

/** The README with what the conformance run has shown, chapter by chapter. */
export function withSupport(readme: string, results: readonly Result[]): string {
  const chapters = Map.groupBy(results, ({ chapter }) => chapter);
  const sections = [...chapters].map(([chapter, own]) => {
    const passed = own.filter((result) => result.passed).length;
    const rows = own.map(({ title, passed }) => [passed ? '✓' : '✗', title.replaceAll('|', '\\|')]);
    return `### ${chapter} (${passed} of ${own.length})\n\n${markdownTable(['', ''], rows)}`;
  });
  return withSupportSection(readme, sections.join('\n\n'));
}
