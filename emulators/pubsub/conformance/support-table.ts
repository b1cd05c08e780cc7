import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Result } from './run.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const [begin, end] = ['<!-- support table: begin -->', '<!-- support table: end -->'];

/** What the conformance run has shown, chapter by chapter. */
export function supportTable(results: readonly Result[]): string {
  const lines: string[] = [];
  for (const chapter of new Set(results.map((result) => result.chapter))) {
    const own = results.filter((result) => result.chapter === chapter);
    const passed = own.filter((result) => result.passed).length;
    lines.push('', `### ${chapter} (${passed} of ${own.length})`, '', '| | |', '|---|---|');
    for (const { title, passed } of own)
      lines.push(`| ${passed ? '✓' : '✗'} | ${title.replaceAll('|', '\\|')} |`);
  }
  return lines.join('\n').trim();
}

export function writtenTable(): string {
  const text = readFileSync(readme, 'utf8');
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim();
}

export function writeTable(results: readonly Result[]): void {
  const text = readFileSync(readme, 'utf8');
  const [head, tail] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
  writeFileSync(readme, `${head}${begin}\n${supportTable(results)}\n${tail}`);
}
