import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { FamiliarTexts } from './familiar-texts.ts';

test('every text is read as it was written, however often and whatever was read before', () => {
  const text = fc.oneof(
    fc.constantFrom(
      'event_id',
      'event_type',
      'order.placed',
      '1',
      '2',
      '',
      'é',
      'x'.repeat(16),
      'x'.repeat(17),
    ),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  );
  const familiar = new FamiliarTexts();
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const writer = protobuf.Writer.create();
      for (const one of texts) writer.string(one);
      const reader = protobuf.Reader.create(Buffer.from(writer.finish()));
      expect(texts.map(() => familiar.read(reader))).toEqual(texts);
      expect(reader.pos).toBe(reader.len);
    }),
  );
});
