import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeDataFile } from './data-file.ts';
import type { IcebergSchema } from './schema.ts';
import { anyText } from './testing/any-text.ts';
import { textColumn } from './text-column.ts';

const encoder = new TextEncoder();
const bytesOf = (value: unknown) => (typeof value === 'string' ? encoder.encode(value) : value);

const text = fc.oneof(
  anyText(),
  // Halves of one character, which must not meet across two values.
  fc.constantFrom('\ud83d', '\ude00', '', '~\x7f'),
);

test('a column of text is handed over as the bytes of each of its values', () => {
  fc.assert(
    fc.property(fc.array(fc.option(text), { maxLength: 50 }), (values) => {
      const { data } = textColumn(values);
      expect(data.map((value) => Array.from((bytesOf(value) ?? []) as Uint8Array))).toEqual(
        values.map((value) => Array.from((bytesOf(value) ?? []) as Uint8Array)),
      );
      expect(data.map((value) => value === null)).toEqual(values.map((value) => value === null));
    }),
  );
});

test('ids are encoded at once and plainly, what repeats is left to a dictionary', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `id-${i}`);
  const written = textColumn(ids);
  expect(written.encoding).toBe('PLAIN');
  expect(written.data.map((value) => Buffer.from(value as Uint8Array).toString())).toEqual(ids);
  const cities = ids.map((_, i) => `city ${i % 400}`);
  expect(textColumn(cities)).toEqual({ data: cities });
});

test('bounds of ids end at a character: the next after the last of ASCII takes two bytes', () => {
  const schema: IcebergSchema = {
    type: 'struct',
    'schema-id': 0,
    fields: [{ id: 1, name: 'id', required: true, type: 'string' }],
  };
  const rows = ['a', 'b'].map((first) => ({ id: first + '\x7f'.repeat(20) }));
  const { lowerBounds, upperBounds } = encodeDataFile(schema, rows).metrics;
  expect(Buffer.from(lowerBounds.get(1) ?? []).toString()).toBe(`a${'\x7f'.repeat(15)}`);
  expect(Buffer.from(upperBounds.get(1) ?? []).toString()).toBe(`b${'\x7f'.repeat(14)}\x80`);
});
