import { type Careful, carefulValue } from './careful-value.ts';
import type { Field, ValuesOf } from './column.ts';
import type { ContentHash } from './content-hash.ts';
import { utcInstant } from './instant-text.ts';
import { canonicalCents } from './money-text.ts';
import type { Reading } from './reading.ts';
import { namesOf } from './unknown-fields.ts';

/** How one part of the message (the order, an item, a payment) is read and hashed. */
export interface PartReader<L extends readonly Field[]> {
  /** Undefined after a flaw was noted. */
  read(part: unknown, reading: Reading): ValuesOf<L> | undefined;
  hash(values: ValuesOf<L>, hash: ContentHash): void;
  /** Of the fields; what else a part has is kept beside them. */
  readonly names: ReadonlySet<string>;
}

/**
 * Generates the two functions for exactly these fields, once, at load. Each field is a straight line: take the
 * property, test for the canonical form, and only when it is not that call the careful reader. In a loop over the
 * fields every property load would be megamorphic, a look-up in a table instead of a load.
 */
export function partReader<const L extends readonly Field[]>(
  fields: L,
  /** Left out of the hash: what a rule says is the same everywhere in the content. */
  repeated: readonly string[] = [],
): PartReader<L> {
  const scope = {
    careful: fields.map((field): Careful => carefulValue(field)),
    accepted: fields.map((field) => new Set(field.accepted ?? [])),
    plainText,
    plainDigits,
    utcInstant,
    canonicalCents,
    isPlainObject,
    integerWeight,
  };
  const made = new Function(...Object.keys(scope), source(fields, repeated))(...Object.values(scope));
  return { ...(made as Pick<PartReader<L>, 'read' | 'hash'>), names: namesOf(fields) };
}

/** Longer than any message: after it, no text is as short as what was read. */
export const unweighable = 100_000_000;

function source(fields: readonly Field[], repeated: readonly string[]): string {
  const reads = fields.map(
    (field, i) => `  let f${i} = part[${JSON.stringify(field.name)}];\n${indented(readOf(field, i))}`,
  );
  const entries = fields.map((field, i) => `${JSON.stringify(field.name)}: f${i}`);
  const hashes = fields.filter(({ name }) => !repeated.includes(name)).map((field) => hashOf(field));
  return `return {
read(part, reading) {
  if (!isPlainObject(part)) return reading.fail('wrong_type', '', 'an object', part);
  let w = 1;
${reads.join('\n')}
  reading.weight += w;
  return { ${entries.join(', ')} };
},
hash(values, hash) {
  let v;
${hashes.join('\n')}
} };`;
}

function readOf(field: Field, i: number): string {
  const slow = `{ w += ${unweighable}; f${i} = careful[${i}](f${i}, reading); if (reading.flaw !== undefined) return undefined; }`;
  const converter = converters[field.type as keyof typeof converters];
  // Name, its quotes, the colon and a comma.
  const around = field.name.length + 4;
  const weigh = `w += ${field.type === 'int64' ? `${around} + integerWeight(f${i})` : `${around + 2} + f${i}.length`};`;
  const fast =
    converter === undefined
      ? `if (${isCanonical(field, i)}) ${weigh} else ${slow}`
      : `const n${i} = typeof f${i} === 'string' ? ${converter}(f${i}) : NaN; if (n${i} === n${i}) { ${weigh} f${i} = n${i}; } else ${slow}`;
  if (field.required) return fast;
  return `if (f${i} === null) w += ${around + 4}; else if (f${i} === undefined) f${i} = null; else { ${fast} }`;
}

const converters = { instant: 'utcInstant', money: 'canonicalCents' } as const;

/** How many characters a whole number takes at least: with three zeros at its end "12e3" is shorter than "12000". */
function integerWeight(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1_000) return 3;
  return value % 1_000 === 0 ? unweighable : String(value).length;
}

function isCanonical(field: Field, i: number): string {
  if (field.accepted !== undefined) return `accepted[${i}].has(f${i})`;
  if (field.digits !== undefined) return `typeof f${i} === 'string' && plainDigits(f${i}, ${field.digits})`;
  if (field.type === 'int64') return `Number.isSafeInteger(f${i}) && f${i} >= ${field.minimum}`;
  return `typeof f${i} === 'string' && plainText(f${i}, ${field.maxLength})`;
}

function hashOf(field: Field): string {
  const add = field.type === 'string' ? 'hash.text(v);' : 'hash.number(v);';
  const value = `  v = values[${JSON.stringify(field.name)}];`;
  return field.required
    ? `${value} ${add}`
    : `${value} if (v === null) hash.word(0); else { hash.word(1); ${add} }`;
}

function indented(code: string): string {
  return `  ${code}`;
}

/** Nothing to trim and of allowed length; what begins or ends outside of ASCII is left to the careful reader. */
function plainText(text: string, maxLength: number): boolean {
  const length = text.length;
  if (length === 0 || length > maxLength) return false;
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(length - 1);
  return first > 32 && first < 127 && last > 32 && last < 127;
}

function plainDigits(text: string, count: number): boolean {
  if (text.length !== count) return false;
  for (let i = 0; i < count; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 48 || unit > 57) return false;
  }
  return true;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
