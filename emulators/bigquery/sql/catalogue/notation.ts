import { duck, type Entry, type Example, givesOf, type Lowering, type Signature, takes } from './entry.ts';

const signatureLine = /^(agg |win )?([A-Z$][\w.]*)\(([^)]*)\) (\S+) = (.+)$/;

/**
 * Functions as a table, for all that need no TypeScript:
 *
 *     STRPOS(STRING, STRING) INT64 = CAST(strpos($1, $2) AS BIGINT)
 *       STRPOS('hello', 'l') => 3
 *
 * One line for each signature, `$1` is an argument and `$*` all of them; below them, indented, examples with the answers
 * that the documentation gives, as JSON or `error`. `agg` and `win` mark aggregates and window functions, in which
 * `{sum($1)}` is DuckDB's aggregate with DISTINCT, ORDER BY, FILTER and OVER in place. `alias NEW OLD` is a second name.
 */
export function catalogue(text: string): Entry[] {
  const found = new Map<string, { kind: Entry['kind']; signatures: Signature[]; examples: Example[] }>();
  let last: { examples: Example[] } | undefined;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, expression, answer] = /^\s+(.+) => (.+)$/.exec(line) ?? [];
    if (expression !== undefined && answer !== undefined) {
      last?.examples.push([expression, answer === 'error' ? 'error' : JSON.parse(answer)]);
      continue;
    }
    const [, alias = '', of = ''] = /^alias (\S+) (\S+)$/.exec(line) ?? [];
    const original = found.get(of);
    if (original) {
      found.set(alias, { ...original, examples: [] });
      last = found.get(alias);
      continue;
    }
    const [, kind, name, list, gives, lowering] = signatureLine.exec(line) ?? [];
    if (name === undefined || list === undefined || gives === undefined || lowering === undefined)
      throw new Error(`No line of a catalogue: ${line}`);
    const entry = found.get(name) ?? {
      kind:
        kind === 'agg '
          ? ('aggregate' as const)
          : kind === 'win '
            ? ('window' as const)
            : ('scalar' as const),
      signatures: [],
      examples: [],
    };
    entry.signatures.push({ takes: takes(list), gives: givesOf(gives), lower: lowered(lowering) });
    found.set(name, entry);
    last = entry;
  }
  return [...found].map(([name, entry]) => ({ name, ...entry }));
}

function lowered(template: string): Lowering {
  return (args, m) => {
    const filled = (text: string): string =>
      text.replace(/\$(\d|\*)/g, (_, which: string) =>
        which === '*' ? args.join(', ') : (args[Number(which) - 1] ?? ''),
      );
    // In one go: what is put in may hold a $ of its own.
    return template.replace(
      /\{(\w+)\(([^{}]*)\)\}|\$(?:\d|\*)/g,
      (all, name: string | undefined, inside = '') =>
        name === undefined ? filled(all) : duck(name, inside === '' ? [] : [filled(inside)], m),
    );
  };
}
