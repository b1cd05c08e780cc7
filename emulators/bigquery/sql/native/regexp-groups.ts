/** What stands in a class or behind a backslash opens no group. */
const bare = (expression: string): string => expression.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');

export const groupCount = (expression: string): number =>
  bare(expression).match(/\((?!\?)|\(\?P?<[A-Za-z]/g)?.length ?? 0;

/** RE2 does not know (…) from (?:…) after the fact: what is extracted depends on how many groups the pattern has. */
export function capturingGroups(expression: string): 0 | 1 {
  const groups = groupCount(expression);
  if (groups > 1)
    throw new Error(
      'Regular expressions passed into extraction functions must not have more than 1 capturing group',
    );
  // RE2 tells a group that took no part from an empty one, and DuckDB does not.
  if (groups === 1 && /\)(\?|\*|\{0|\{,)|^[^(]*\||\|[^)]*$/.test(bare(expression)))
    throw new Error('A capturing group that may take no part in the match is not supported by the emulator');
  return groups === 0 ? 0 : 1;
}
