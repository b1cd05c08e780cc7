import { nearest } from '../../../../runtime/nearest.ts';
import { aggregateMacros, aggregates, windows } from './aggregates.ts';
import { bigNumerics, overBigNumerics } from './bignumerics.ts';
import { overBytes } from './bytes.ts';
import { collationMacros, collations } from './collations.ts';
import { containsMacro, containsSubstr } from './contains-substr.ts';
import { conversionMacros } from './conversions.ts';
import { dateMacros, dates } from './dates.ts';
import { distanceMacros, distances } from './distances.ts';
import type { Entry } from './entry.ts';
import { intervalMacros, intervals } from './intervals.ts';
import { jsonMacros, jsons } from './json.ts';
import { moreNumbers } from './more-numbers.ts';
import { moreStrings } from './more-strings.ts';
import { numberMacros, numbers } from './numbers.ts';
import { operatorMacros, operators } from './operators.ts';
import { patternMacros, patterns } from './patterns.ts';
import { quantifiedLikes } from './quantified-like.ts';
import { rangeMacros, ranges } from './ranges.ts';
import { sketches, sketchMacros } from './sketches.ts';
import { stringMacros, strings } from './strings.ts';
import { timeMacros, times } from './times.ts';

const all: Readonly<Record<string, readonly Entry[]>> = {
  Operators: [...operators.filter(isOperator), ...quantifiedLikes],
  Conditions: operators.filter((entry) => !isOperator(entry)),
  'Aggregates, also over windows': aggregates,
  Sketches: sketches,
  Windows: windows,
  'Dates and times': [...dates, ...times],
  Intervals: intervals,
  Ranges: ranges,
  Strings: [...strings, ...collations, containsSubstr, ...moreStrings, ...patterns],
  'Numbers, bits and arrays': [...numbers, ...moreNumbers, ...distances, ...bigNumerics],
  JSON: jsons,
};
/** As the support table has them. */
export const chapters: Readonly<Record<string, readonly Entry[]>> = Object.fromEntries(
  Object.entries(all).map(([title, some]) => [title, some.map(completed)]),
);
function completed(entry: Entry): Entry {
  const of = [entry, overBytes(entry), overBigNumerics.find(({ name }) => name === entry.name)];
  return {
    ...entry,
    signatures: of.flatMap((e) => e?.signatures ?? []),
    examples: of.flatMap((e) => e?.examples ?? []),
  };
}
export const entries: readonly Entry[] = Object.values(chapters).flat();
const byName = new Map(entries.map((entry) => [entry.name.toUpperCase(), entry]));

/** Made once per database, each after those it calls. */
export const macros: readonly string[] = calleesFirst([
  ...operatorMacros,
  ...aggregateMacros,
  ...dateMacros,
  ...timeMacros,
  ...intervalMacros,
  ...rangeMacros,
  ...conversionMacros,
  ...stringMacros,
  ...patternMacros,
  containsMacro,
  ...collationMacros,
  ...numberMacros,
  ...distanceMacros,
  ...jsonMacros,
  ...sketchMacros,
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

export function isOperator({ name }: Entry): boolean {
  return name.startsWith('$');
}

export function entryOf(name: string): Entry | undefined {
  return byName.get(name.toUpperCase());
}

export function nearestFunction(name: string): string | undefined {
  return nearest(
    name,
    entries.filter((entry) => !isOperator(entry)).map(({ name }) => name.toUpperCase()),
  );
}
