import fc from 'fast-check';
import { expect, test } from 'vitest';
import { avroCodec, readContainer, writeContainer } from './avro-container.ts';
import { anyText } from './testing/any-text.ts';

const codec = avroCodec({
  type: 'record',
  name: 'r',
  fields: [
    { name: 'id', type: 'long', 'field-id': 7 },
    { name: 'text', type: ['null', 'string'], default: null, 'field-id': 8 },
    { name: 'bytes', type: { type: 'array', items: 'bytes' }, 'field-id': 9 },
  ],
});

const record = fc.record({
  id: fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((id) => (Number.isSafeInteger(Number(id)) ? Number(id) : id)),
  text: fc.option(anyText(), { nil: null }),
  bytes: fc.array(fc.uint8Array().map((each) => Buffer.from(each))),
});

test('records and metadata come back, longs of 64 bits exactly', () => {
  fc.assert(
    fc.property(fc.array(record), anyText(), (records, note) => {
      const file = writeContainer(codec, { note }, records);
      const read = readContainer(file, codec, 'file');
      expect(read.metadata.note).toBe(note);
      // Through a spread: avsc makes records of a class of its own.
      expect(read.records.map((each) => ({ ...(each as object) }))).toEqual(records);
    }),
  );
});

test('the header keeps the field ids that readers go by', () => {
  const read = readContainer(writeContainer(codec, {}, []), codec, 'file');
  expect(read.metadata['avro.schema']).toContain('"field-id":8');
});

test('a file of another schema is read by the schema it carries', () => {
  const other = avroCodec({ type: 'record', name: 'o', fields: [{ name: 'only', type: 'long' }] });
  const file = writeContainer(other, {}, [{ only: 2n ** 60n }]);
  expect({ ...(readContainer(file, codec, 'file').records[0] as object) }).toEqual({ only: 2n ** 60n });
});

test('what is cut off or no Avro file is refused by name', () => {
  const file = writeContainer(codec, {}, [{ id: 1, text: 'a', bytes: [] }]);
  for (let length = 0; length < file.length; length++) {
    // Up to the first sync marker a file without blocks is whole, so only that one length may pass.
    const read = () => readContainer(file.subarray(0, length), codec, 'm.avro').records;
    try {
      expect(read()).toEqual([]);
    } catch (error) {
      expect((error as Error).message).toMatch(/^m\.avro (ends in the middle|is not an Avro file)/);
    }
  }
});
