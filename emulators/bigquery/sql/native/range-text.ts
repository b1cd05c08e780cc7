/** The ends of `[start, end)`, undefined where there is none; or what is wrong with the text. */
export function rangeEnds(text: string): readonly [string | undefined, string | undefined] | string {
  const malformed = 'Failed to parse range: range must be formatted exactly as [START, END)';
  if (!text.startsWith('[') || !text.endsWith(')')) return `${malformed} (found ${text})`;
  const parts = text.slice(1, -1).split(',');
  const [start = '', rest = ''] = parts;
  if (parts.length !== 2 || !rest.startsWith(' '))
    return `${malformed} with two parts, START and END, divided with ", "`;
  const end = rest.slice(1);
  for (const [name, part] of Object.entries({ START: start, END: end }))
    if (part.trim() !== part)
      return `${malformed} with ${name} having no leading or trailing spaces, but found: "${part}"`;
  const bound = (part: string): string | undefined => (/^(UNBOUNDED|NULL)$/i.test(part) ? undefined : part);
  return [bound(start), bound(end)];
}

/** `which`: 0 for the start, 1 for the end. NULL of an unbounded one. */
export function rangeBound(text: string, which: bigint): string | null {
  const ends = rangeEnds(text);
  if (typeof ends === 'string') throw new Error(ends);
  return ends[Number(which)] ?? null;
}
