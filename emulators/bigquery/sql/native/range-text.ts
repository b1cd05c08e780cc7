/** What is wrong with two ends. */
export const misplacedEnds = 'Range start element must be smaller than range end element';
/** How an end is written that is none. */
export const isUnbounded = (end: string): boolean => /^(UNBOUNDED|NULL)$/i.test(end);
const malformed = 'Failed to parse range: range must be formatted exactly as [START, END)';

/** The ends of `[start, end)`, undefined where there is none; or what is wrong with the text. */
export function rangeEnds(text: string): readonly [string | undefined, string | undefined] | string {
  if (!text.startsWith('[') || !text.endsWith(')')) return `${malformed} (found ${text})`;
  const parts = text.slice(1, -1).split(',');
  const [start = '', rest = ''] = parts;
  if (parts.length !== 2 || !rest.startsWith(' '))
    return `${malformed} with two parts, START and END, divided with ", "`;
  const end = rest.slice(1);
  for (const [name, part] of Object.entries({ START: start, END: end }))
    if (part.trim() !== part)
      return `${malformed} with ${name} having no leading or trailing spaces, but found: "${part}"`;
  const bound = (part: string): string | undefined => (isUnbounded(part) ? undefined : part);
  return [bound(start), bound(end)];
}

/** What is wrong with a text that is no range. */
export function rangeFault(text: string): string {
  const ends = rangeEnds(text);
  return typeof ends === 'string' ? ends : malformed;
}
