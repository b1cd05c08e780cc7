import { invalid } from '../../frame/index.ts';
import { camel } from '../validations/rules.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The stored message with the fields of the mask taken from the given one; what the given one lacks is cleared. */
export function applyMask<T extends object>(
  type: string,
  stored: T,
  given: T,
  paths: readonly string[] | null | undefined,
  mutable: readonly string[],
): T {
  if (!paths || paths.length === 0) throw invalid('The update_mask in the request is empty.');
  let result = stored as Fields;
  for (const path of paths) {
    const parts = path.split('.').map(camel);
    if (!mutable.includes(parts[0] ?? '')) {
      throw invalid(
        `Invalid update_mask: the field "${path}" of ${type} cannot be updated; these can: ${mutable.join(', ')}.`,
      );
    }
    result = withField(result, given as Fields, parts);
  }
  return result as T;
}

/** A path may lead into a message: `dead_letter_policy.max_delivery_attempts` leaves its topic as it is. */
function withField(stored: Fields, given: Fields, [field = '', ...inner]: readonly string[]): Fields {
  const { [field]: before, ...others } = stored;
  const value = given[field];
  if (inner.length > 0) {
    const [from, into] = [value ?? {}, before ?? {}].map((one) => one as Fields);
    return { ...others, [field]: withField(into ?? {}, from ?? {}, inner) };
  }
  return value === undefined ? others : { ...others, [field]: value };
}
