/** What stands in a class or behind a backslash opens no group. */
const bare = (expression: string): string => expression.replace(/\\./gs, '').replace(/\[[^\]]*\]/g, '');

export const groupCount = (expression: string): number =>
  bare(expression).match(/\((?!\?)|\(\?P?<[A-Za-z]/g)?.length ?? 0;

const optional = /\)(\?|\*|\{0|\{,)|^[^(]*\||\|[^)]*$/;
/** What means the same in RE2 and here, with the u flag; and no group inside of a repetition, where RE2 remembers more. */
const alike =
  /^(?!.*\(\?)(?!.*\)[*+{])(?!.*\([^()]*\()(?!.*\[\[:)(?!.*\\[^dDwWnrt.*+?^$()[\]{}|/\\-])[\x20-\x7e]*$/s;

export const groupMayBeLeftOut = (expression: string): boolean =>
  groupCount(expression) === 1 && optional.test(bare(expression)) && alike.test(expression);

/** DuckDB's answer to a group that took no part is an empty text. */
export function extractGroup(text: string, expression: string): string | null {
  const dots = expression.replace(/\\.|\[[^\]]*\]|\./gs, (part) => (part === '.' ? '[^\\n]' : part));
  return new RegExp(dots, 'u').exec(text)?.[1] ?? null;
}

/** RE2 does not know (…) from (?:…) after the fact: what is extracted depends on how many groups the pattern has. */
export function capturingGroups(expression: string): 0 | 1 {
  const groups = groupCount(expression);
  if (groups > 1)
    throw new Error(
      'Regular expressions passed into extraction functions must not have more than 1 capturing group',
    );
  // RE2 tells a group that took no part from an empty one, and DuckDB does not.
  if (groups === 1 && optional.test(bare(expression)))
    throw new Error('A capturing group that may take no part in the match is not supported by the emulator');
  return groups === 0 ? 0 : 1;
}
