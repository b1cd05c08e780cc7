import { invalid } from '../../frame/index.ts';
import { camel } from '../validations/rules.ts';

/** The stored message with the fields of the mask taken from the given one; what the given one lacks is cleared. */
export function applyMask<T extends object>(
  type: string,
  stored: T,
  given: T,
  paths: readonly string[] | null | undefined,
  mutable: readonly string[],
): T {
  if (!paths || paths.length === 0) throw invalid('The update_mask in the request is empty.');
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(stored));
  for (const path of paths) {
    const field = camel(path);
    if (!mutable.includes(field)) {
      throw invalid(
        `Invalid update_mask: the field "${path}" of ${type} cannot be updated; these can: ${mutable.join(', ')}.`,
      );
    }
    const value = (given as Record<string, unknown>)[field];
    if (value === undefined) delete result[field];
    else result[field] = value;
  }
  return result as T;
}
