/**
 * Text that Terraform must hand on unread. It evaluates `${…}` and `%{…}` inside every string, and workflow
 * definitions are full of `${…}` that only Workflows may evaluate.
 * A replacement given as text would itself be a pattern (`$$` means one `$`) and change nothing: hence functions.
 */
export function literal(text: string): string {
  return text.replaceAll('${', () => '$${').replaceAll('%{', () => '%%{');
}
