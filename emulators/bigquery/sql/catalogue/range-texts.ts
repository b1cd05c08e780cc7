import { type RangeKind, rangeElement } from '../types.ts';

/** A range as CAST writes it; `end` writes one of its ends. */
export function rangeText(r: string, end: (x: string) => string): string {
  const written = (which: string): string => `coalesce(${end(`bq_range_${which}(${r})`)}, 'UNBOUNDED')`;
  return `CASE WHEN ${r} IS NOT NULL THEN '[' || ${written('start')} || ', ' || ${written('end')} || ')' END`;
}

/** A range from its text; `end` reads one of its ends. */
export function rangeOfText(kind: RangeKind, s: string, end: (x: string) => string): string {
  const bounds = [0, 1].map((which) => end(`bq_range_bound(${s}, ${which})`));
  return `CASE WHEN ${s} IS NOT NULL THEN bq_range_${rangeElement({ kind })?.kind.toLowerCase()}(${bounds.join(', ')}) END`;
}
