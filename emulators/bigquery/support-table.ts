import { markdownTable, withSupportSection } from '../support-section.ts';
import { viewNames } from './engine/information-schema/index.ts';
import { methods } from './rest/actions/index.ts';
import type { Entry } from './sql/catalogue/entry.ts';
import { chapters } from './sql/catalogue/index.ts';

/** The README with what the tables in use and the catalogue say: each example there is a test. */
export function withSupport(readme: string): string {
  const sections = Object.entries(chapters).map(
    ([title, entries]) =>
      `### ${title}\n\n${markdownTable(['', 'takes', 'for example'], entries.map(rowOf))}`,
  );
  return withSupportSection(
    readme,
    [
      `REST methods: ${coded(methods.map(({ name }) => name))}.`,
      `INFORMATION_SCHEMA: ${coded(viewNames)}.`,
      ...sections,
    ].join('\n\n'),
  );
}

function rowOf({ name, signatures, examples }: Entry): string[] {
  const [example] = examples;
  return [
    readable(name),
    [...new Set(signatures.map(({ takes }) => takesOf(takes)))].map(code).join('<br>'),
    example === undefined ? '' : `${code(example[0])} → ${answerOf(example[1])}`,
  ];
}

/** `$is_distinct` stands for an operator that has no name of its own. */
function readable(name: string): string {
  return name.startsWith('$') ? name.slice(1).replaceAll('_', ' ') : code(name);
}

function takesOf(takes: Entry['signatures'][number]['takes']): string {
  return takes
    .map(({ type, optional, repeated }) => `${type}${optional ? '?' : ''}${repeated ? '*' : ''}`)
    .join(', ');
}

function answerOf(answer: unknown): string {
  return answer === 'error' ? 'an error' : code(JSON.stringify(answer));
}

function coded(words: readonly string[]): string {
  return words.map(code).join(', ');
}

/** Inside a table a bar ends the cell, even between backquotes. */
function code(words: string): string {
  if (words === '') return '';
  const fence = words.includes('`') ? '``' : '`';
  return `${fence}${words.replaceAll('|', '\\|').replaceAll('\n', '\\n')}${fence}`;
}
