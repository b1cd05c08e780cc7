import type { CorrectionKind, Field } from './column.ts';
import { latestInstant, readInstant } from './instant-text.ts';
import { canonicalMoney, centsOfNumber, readMoney } from './money-text.ts';
import type { Reading } from './reading.ts';
import { largestMoney } from './values.ts';

/**
 * Reads a value that is not in its canonical form: corrects it, or notes the flaw and returns undefined.
 * The generated readers come here once in a hundred messages; nothing here needs to be fast.
 */
export type Careful = (value: unknown, reading: Reading) => unknown;

export function carefulValue(field: Field): Careful {
  const read = readers[readerOf(field)];
  return (value, reading) => {
    if (value === undefined || value === null) return absent(field, reading);
    if (typeof value !== 'string') return read(field, value, reading);
    const trimmed = value.trim();
    if (trimmed !== value) note(field, reading, 'trimmed');
    if (trimmed === '' && !field.required) {
      note(field, reading, 'empty_to_null');
      return null;
    }
    return read(field, trimmed, reading);
  };
}

type ReaderName = 'text' | 'choice' | 'digits' | 'integer' | 'money' | 'instant';
type Reader = (field: Field, value: unknown, reading: Reading) => unknown;

function readerOf(field: Field): ReaderName {
  if (field.accepted !== undefined) return 'choice';
  if (field.digits !== undefined) return 'digits';
  if (field.type === 'int64') return 'integer';
  if (field.type === 'money' || field.type === 'instant') return field.type;
  return 'text';
}

const readers: { readonly [N in ReaderName]: Reader } = {
  text(field, value, reading) {
    if (typeof value !== 'string') return reading.fail('wrong_type', field.name, expectation(field), value);
    const fits = value.length > 0 && value.length <= (field.maxLength ?? 0);
    return fits ? value : reading.fail('wrong_format', field.name, expectation(field), value);
  },

  choice(field, value, reading) {
    if (typeof value !== 'string') return reading.fail('wrong_type', field.name, expectation(field), value);
    const accepted = field.accepted ?? [];
    if (accepted.includes(value)) return value;
    const match = accepted.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (match === undefined) return reading.fail('unknown_value', field.name, expectation(field), value);
    note(field, reading, 'recased');
    return match;
  },

  digits(field, value, reading) {
    const count = field.digits ?? 0;
    const isNumber = typeof value === 'number' && Number.isInteger(value);
    if (typeof value !== 'string' && !isNumber)
      return reading.fail('wrong_type', field.name, expectation(field), value);
    const text = String(value);
    if (text.length > count || !/^\d+$/.test(text))
      return reading.fail('wrong_format', field.name, expectation(field), value);
    // A text too short was a number on its way: only that loses leading zeros.
    if (isNumber || text.length < count) note(field, reading, 'number_to_text');
    return text.padStart(count, '0');
  },

  integer(field, value, reading) {
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number') return reading.fail('wrong_type', field.name, expectation(field), value);
    if (Number.isFinite(number) && !Number.isInteger(number))
      return reading.fail('wrong_format', field.name, expectation(field), value);
    if (!Number.isSafeInteger(number) || number < (field.minimum ?? 0))
      return reading.fail('out_of_range', field.name, expectation(field), value);
    if (typeof value === 'string') note(field, reading, 'string_to_number');
    return number;
  },

  money(field, value, reading) {
    if (typeof value !== 'string' && typeof value !== 'number')
      return reading.fail('wrong_type', field.name, expectation(field), value);
    if (typeof value === 'number' && Math.abs(value) > largestMoney / 100)
      return reading.fail('out_of_range', field.name, expectation(field), value);
    const cents = typeof value === 'string' ? readMoney(value) : centsOfNumber(value);
    if (cents === undefined) return reading.fail('wrong_format', field.name, expectation(field), value);
    if (cents < 0) return reading.fail('negative_money', field.name, expectation(field), value);
    if (cents > largestMoney) return reading.fail('out_of_range', field.name, expectation(field), value);
    if (typeof value === 'number') note(field, reading, 'number_to_money');
    else if (!canonicalMoney.test(value)) note(field, reading, 'money_rewritten');
    return cents;
  },

  instant(field, value, reading) {
    if (typeof value !== 'string') return reading.fail('wrong_type', field.name, expectation(field), value);
    const read = readInstant(value);
    if (read === undefined) return reading.fail('wrong_format', field.name, expectation(field), value);
    if (read.instant < 0 || read.instant > latestInstant)
      return reading.fail('out_of_range', field.name, 'a time between 1970 and 2255', value);
    if (read.zoneAssumed) note(field, reading, 'zone_assumed');
    if (read.precisionCut) note(field, reading, 'precision_cut');
    return read.instant;
  },
};

function absent(field: Field, reading: Reading): unknown {
  if (!field.required) return null;
  if (reading.bare && field.minimum !== undefined && field.corrections.includes('derived')) {
    note(field, reading, 'derived');
    return field.minimum;
  }
  return reading.fail('missing_field', field.name, expectation(field), undefined);
}

/** A correction that the contract does not allow for a field is a defect of ours, found by the first test. */
function note(field: Field, reading: Reading, kind: CorrectionKind): void {
  if (!field.corrections.includes(kind)) throw new Error(`${field.name} must not be corrected by ${kind}`);
  reading.corrected(field.name, kind);
}

/** What a field takes, in words: for dead letters and for the data dictionary. */
export function expectation(field: Field): string {
  if (field.accepted !== undefined) return `one of ${field.accepted.join(', ')}`;
  if (field.digits !== undefined) return `a text of ${field.digits} digits`;
  if (field.type === 'money') return 'an amount such as "99.90", exact to the cent, not negative';
  if (field.type === 'instant') return 'a time such as "2024-05-04T13:30:00Z"';
  if (field.type === 'int64')
    return `a whole number${field.minimum === undefined ? '' : `, at least ${field.minimum}`}`;
  return `a text of 1 to ${field.maxLength} characters`;
}
