/** RE2 does not know (…) from (?:…) after the fact: what is extracted depends on how many groups the pattern has. */
export function capturingGroups(expression: string): 0 | 1 {
  const pattern = expression.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');
  const groups = pattern.match(/\((?!\?)|\(\?P?<[A-Za-z]/g)?.length ?? 0;
  if (groups > 1)
    throw new Error(
      'Regular expressions passed into extraction functions must not have more than 1 capturing group',
    );
  // RE2 tells a group that took no part from an empty one, and DuckDB does not.
  if (groups === 1 && /\)(\?|\*|\{0|\{,)|^[^(]*\||\|[^)]*$/.test(pattern))
    throw new Error('A capturing group that may take no part in the match is not supported by the emulator');
  return groups === 0 ? 0 : 1;
}
