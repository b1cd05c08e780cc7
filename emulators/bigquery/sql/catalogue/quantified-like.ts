import { hasKey } from '../collations.ts';
import { type Bound, type Entry, type Example, special } from './entry.ts';

/**
 * LIKE ANY UNNEST(…) and its three sisters, over an array of patterns. With ANY it is asked for one pattern that the text
 * is like, or is not; with ALL for one that speaks against it; where there is none and a pattern is NULL nobody knows.
 */
function quantified(all: boolean, negated: boolean, examples: readonly Example[]): Entry {
  const lower = ([s, patterns]: string[], { args }: Bound): string => {
    const like = args.some(({ type }) => hasKey(type))
      ? `(bq_like_ci(${s}, bq_p) = 1)`
      : `(${s} LIKE bq_p ESCAPE '\\')`;
    const each = `list_transform(${patterns}, lambda bq_p: ${negated ? 'NOT ' : ''}${like})`;
    return `CASE WHEN coalesce(len(${patterns}), 0) = 0 THEN ${all} WHEN ${s} IS NULL THEN NULL WHEN list_contains(${each}, ${!all}) THEN ${!all} WHEN list_count(${patterns}) < len(${patterns}) THEN NULL ELSE ${all} END`;
  };
  return special(
    `$${negated ? 'not_' : ''}like_${all ? 'all' : 'any'}`,
    [['STRING, ARRAY<STRING>', 'BOOL', lower]],
    examples,
  );
}

export const quantifiedLikes: readonly Entry[] = [
  quantified(false, false, [
    ["'abc' LIKE ANY UNNEST(['x', 'a%'])", true],
    ["'abc' LIKE SOME UNNEST(['x', NULL])", null],
    ["'abc' LIKE ANY ('x', NULL, 'a%')", true],
  ]),
  quantified(true, false, [
    ["'abc' LIKE ALL UNNEST(['a%', '%c'])", true],
    ['CAST(NULL AS STRING) LIKE ALL UNNEST(ARRAY<STRING>[])', true],
    ["'abc' LIKE ALL ('a%', NULL)", null],
  ]),
  quantified(false, true, [
    ["'abc' NOT LIKE ANY UNNEST(['a%', 'x'])", true],
    ["'abc' NOT LIKE ANY ('a%', '%b%')", false],
  ]),
  quantified(true, true, [
    ["'abc' NOT LIKE ALL UNNEST(['x', 'a%'])", false],
    ["'abc' NOT LIKE ALL ('x', NULL)", null],
  ]),
];
