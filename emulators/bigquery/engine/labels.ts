import { SqlError } from '../sql/sql-error.ts';

const key = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const value = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/** What the service takes for labels of a dataset, a table or a job. */
export function checkLabels(labels: unknown): void {
  const pairs = Object.entries((labels ?? {}) as Record<string, string | null>);
  const invalid = (what: string): never => {
    throw new SqlError(what, undefined, 'invalid');
  };
  if (pairs.length > 64) invalid(`At most 64 labels are allowed, got ${pairs.length}.`);
  for (const [name, text] of pairs)
    if (!key.test(name) || !value.test(text ?? ''))
      invalid(
        `Invalid label "${name}": "${text}". Keys and values have at most 63 lowercase letters, digits, underscores and dashes; a key begins with a letter.`,
      );
}
