const begin = '<!-- support: begin -->';
const end = '<!-- support: end -->';

/** A README whose part between the marks says what is proven: that part is made, never written by hand. */
export function withSupportSection(readme: string, made: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Expected ${begin} and ${end} in the README.`);
  return `${readme.slice(0, from)}${begin}\n\n${made}\n\n${readme.slice(to)}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
