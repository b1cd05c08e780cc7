import { actions } from '../actions/index.ts';
import { refusedBucketFields } from '../bucket-fields.ts';
import { refusedObjectFields } from '../object-fields.ts';
import { differences } from './differences.ts';
import { scenarios } from './scenarios/index.ts';

const [begin, end] = ['<!-- support: begin -->', '<!-- support: end -->'];

/** The part of the README that says what works: made from the scenarios, which are proven, and the tables in use. */
export function withSupport(readme: string): string {
  const [before, rest] = cut(readme, begin);
  const [, after] = cut(rest, end);
  return `${before}${begin}\n\n${support()}\n\n${end}${after}`;
}

function support(): string {
  const methods = new Set(actions.map(({ name }) => name.replace('storage.', '')));
  const areas = Map.groupBy(scenarios, ({ area }) => area);
  return [
    `Methods: ${[...methods].map((name) => `\`${name}\``).join(', ')}.`,
    table(
      ['Works', ''],
      [...areas].map(([area, all]) => [
        `${area} …`,
        all.map(({ name }) => `… ${escaped(name)}`).join('<br>'),
      ]),
    ),
    `Refused by name (501): any method, parameter or encryption header not named here; of objects \`${refusedObjectFields.join('`, `')}\`; of buckets \`${refusedBucketFields.join('`, `')}\`.`,
    table(
      ['Differs from the service', 'because'],
      differences.map(({ what, why }) => [what, why]),
    ),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const escaped = (text: string): string => text.replace(/[|*\\[\]<>]/g, '\\$&');

function cut(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`Expected ${mark} in the README.`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
