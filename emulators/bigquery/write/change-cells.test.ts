import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sequenceCell } from './change-cells.ts';
import { BadValue } from './column-readers.ts';
import { ProtoReader } from './proto-reader.ts';
import { Slab } from './slab.ts';

const digit = fc.constantFrom(...'0123456789ABCDEF', ...'afgG/:@ \0\u00ff');
const section = fc.string({ unit: digit, minLength: 1, maxLength: 17 });
const full = fc.string({ unit: digit, minLength: 16, maxLength: 16 });
const sequence = fc.array(fc.oneof(full, section), { minLength: 1, maxLength: 5 }).map((s) => s.join('/'));

test('a sequence is read or refused by what it says, whatever the ones before it were', () => {
  fc.assert(
    fc.property(fc.array(sequence, { minLength: 1, maxLength: 8 }), (sequences) => {
      const cell = sequenceCell(0);
      const slab = new Slab([16], sequences.length);
      for (const [row, text] of sequences.entries()) {
        const bytes = Buffer.from(text);
        const read = () =>
          cell(new ProtoReader(Buffer.concat([Buffer.from([bytes.length]), bytes])), slab, row, {
            low: 0,
            high: 0,
          });
        const isRight = /^[0-9a-fA-F]{1,16}(\/[0-9a-fA-F]{1,16}){0,3}$/.test(text);
        if (isRight) expect(read).not.toThrow();
        else expect(read).toThrow(BadValue);
      }
    }),
    {
      numRuns: 200,
      examples: [[['\0'.repeat(16)]], [['0'.repeat(16), `${'0'.repeat(15)}G`, `${'0'.repeat(15)}A`]]],
    },
  );
});
