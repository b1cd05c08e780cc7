import { type RangeKind, rangeElement } from '../types.ts';
import { raiseWith } from './entry.ts';

/** A range as CAST writes it; `end` writes one of its ends. */
export function rangeText(r: string, end: (x: string) => string): string {
  const written = (which: string): string => `coalesce(${end(`bq_range_${which}(${r})`)}, 'UNBOUNDED')`;
  return `CASE WHEN ${r} IS NOT NULL THEN '[' || ${written('start')} || ', ' || ${written('end')} || ')' END`;
}

/**
 * A range from its text; `end` reads one of its ends. Each step is bound before the next: what reads a time is long, and
 * DuckDB would plan it as often as its argument is looked at.
 */
export function rangeOfText(kind: RangeKind, s: string, end: (x: string) => string): string {
  const made = `bq_range_${rangeElement({ kind })?.kind.toLowerCase()}`;
  const both = (each: (which: 'a' | 'b') => string): string =>
    `struct_pack(a := ${each('a')}, b := ${each('b')})`;
  const bound = (which: string): string => `struct_extract(bq_p, '${which}')`;
  const texts = both((which) => `bq_range_bound(${s}, ${which === 'a' ? 1 : 2})`);
  const read = `list_transform([${texts}], lambda bq_p: ${both((which) => end(bound(which)))})`;
  return `CASE WHEN ${s} IS NOT NULL THEN list_transform(${read}, lambda bq_p: ${made}(${bound('a')}, ${bound('b')}))[1] END`;
}

const part = '([^\\s,]?|[^\\s,][^,]*[^\\s,])';
const form = `'\\[${part}, ${part}\\)'`;
export const rangeTextMacro = `bq_range_bound(s, n) AS CASE WHEN regexp_full_match(s, ${form}) THEN CASE WHEN upper(regexp_extract(s, ${form}, n)) NOT IN ('UNBOUNDED', 'NULL') THEN regexp_extract(s, ${form}, n) END WHEN s IS NOT NULL THEN ${raiseWith('bq_range_fault(s)', 'VARCHAR')} END`;
