import { aggregateMacros, aggregates, windows } from './aggregates.ts';
import { conversionMacros } from './conversions.ts';
import { dateMacros, dates } from './dates.ts';
import type { Entry } from './entry.ts';
import { intervalMacros, intervals } from './intervals.ts';
import { jsonMacros, jsons } from './json.ts';
import { moreNumbers } from './more-numbers.ts';
import { moreStrings } from './more-strings.ts';
import { numberMacros, numbers } from './numbers.ts';
import { operatorMacros, operators } from './operators.ts';
import { patternMacros, patterns } from './patterns.ts';
import { stringMacros, strings } from './strings.ts';
import { timeMacros, times } from './times.ts';

export const entries: readonly Entry[] = [
  ...operators,
  ...aggregates,
  ...windows,
  ...dates,
  ...strings,
  ...numbers,
  ...jsons,
  ...times,
  ...intervals,
  ...moreNumbers,
  ...moreStrings,
  ...patterns,
];
const byName = new Map(entries.map((entry) => [entry.name.toUpperCase(), entry]));

/** Made once per database, each after those it calls. */
export const macros: readonly string[] = calleesFirst([
  ...operatorMacros,
  ...aggregateMacros,
  ...dateMacros,
  ...timeMacros,
  ...intervalMacros,
  ...conversionMacros,
  ...stringMacros,
  ...patternMacros,
  ...numberMacros,
  ...jsonMacros,
]);

function calleesFirst(all: readonly string[]): string[] {
  const nameOf = (macro: string): string => macro.slice(0, macro.indexOf('('));
  const made = new Map(all.map((macro) => [nameOf(macro), macro]));
  const ordered = new Set<string>();
  const visit = (macro: string): void => {
    if (ordered.has(macro)) return;
    for (const [name] of macro.slice(macro.indexOf(' AS ')).matchAll(/bq_\w+(?=\()/g))
      visit(made.get(name) ?? '');
    ordered.add(macro);
  };
  all.forEach(visit);
  ordered.delete('');
  return [...ordered];
}

export function entryOf(name: string): Entry | undefined {
  return byName.get(name.toUpperCase());
}

export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toUpperCase();
  let best: string | undefined;
  let bestDistance = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 4))) + 1;
  for (const candidate of candidates) {
    const d = distance(wanted, candidate.toUpperCase(), bestDistance);
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

export function nearestFunction(name: string): string | undefined {
  return nearest(
    name,
    [...byName.keys()].filter((n) => !n.startsWith('$')),
  );
}

function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? limit;
}
