import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvForm, csvRecords, quotedEmpty } from './csv-records.ts';

const form: CsvForm = { delimiter: ',', quote: '"', quotedNewlines: true, nullMarkers: new Set(['']) };

async function read(text: string, cuts: readonly number[]): Promise<(string | null)[][]> {
  async function* chunks(): AsyncGenerator<string> {
    let at = 0;
    for (const cut of cuts) {
      yield text.slice(at, at + cut);
      at += cut;
    }
    yield text.slice(at);
  }
  const found: (string | null)[][] = [];
  for await (const records of csvRecords(chunks(), form))
    for (const r of records) {
      expect(r.broken).toBeUndefined();
      found.push(r.cells);
    }
  return found;
}

const awkward = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é'), maxLength: 6 });
const cell = fc.oneof(awkward, fc.constant(null));
/** As any writer of CSV would: quotes where they are needed, an empty text in quotes, NULL as nothing. */
const written = (c: string | null): string =>
  c === null ? '' : c === '' || /["\r\n,]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c;

test('whatever is written is read back, wherever the file is cut into chunks and however lines end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, cuts, end) => {
        const text = rows.map((row) => row.map(written).join(',') + end).join('');
        expect(await read(text, cuts)).toEqual(
          rows.map((row) => row.map((c) => (c === '' ? quotedEmpty : c))),
        );
      },
    ),
  );
});
