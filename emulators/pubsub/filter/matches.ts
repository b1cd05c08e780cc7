import type { Filter } from './parse.ts';

/** `!=` and NOT hold for a message that has no such attribute: nothing equals what is not there. */
export function matches(filter: Filter, attributes: ReadonlyMap<string, string>): boolean {
  switch (filter.kind) {
    case 'has':
      return attributes.has(filter.key);
    case 'equals':
      return attributes.get(filter.key) === filter.value;
    case 'hasPrefix':
      return attributes.get(filter.key)?.startsWith(filter.value) ?? false;
    case 'not':
      return !matches(filter.operand, attributes);
    case 'and':
      return filter.operands.every((operand) => matches(operand, attributes));
    case 'or':
      return filter.operands.some((operand) => matches(operand, attributes));
  }
}
