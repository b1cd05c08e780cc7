import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from './column.ts';
import { rowDescriptor } from './row-descriptor.ts';
import { type RowTape, rowEncoder, rowTape } from './row-encoder.ts';
import { type Table, tables } from './tables.ts';

const protoTypeNames: Record<number, string> = {
  3: 'int64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
};

/** The same message, written by the library that the Storage Write client uses. */
function reference(table: Table) {
  const type = new protobuf.Type('Row');
  for (const field of rowDescriptor(table).field) {
    type.add(
      new protobuf.Field(field.name, field.number, protoTypeNames[field.type]!, 'optional', undefined, {
        proto3_optional: false,
      }),
    );
  }
  new protobuf.Root().add(type);
  return (values: Record<string, unknown>): Uint8Array => type.encode(type.create(values)).finish();
}

/** Any character of Unicode. Named 'binary', as fast-check has it, it takes a second to be made. */
const character = fc
  .integer({ min: 0, max: 0x10f7ff })
  .map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

const wellFormed = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  // Around 128 and 16,384 bytes the length itself grows by a byte, which moves what was written already.
  fc
    .tuple(fc.integer({ min: 100, max: 130 }), fc.string({ unit: character, maxLength: 12 }))
    .map(([n, tail]) => 'a'.repeat(n) + tail),
  fc.constantFrom(`${'a'.repeat(16_380)}ééé`, `${'a'.repeat(126)}é`, `${'a'.repeat(125)}é`, 'é'.repeat(64)),
);
const instant = fc.integer({ min: -2_208_988_800_000_000, max: 9_007_199_254_740_991 });

const arbitraries = {
  string: wellFormed,
  json: wellFormed,
  int64: fc.maxSafeInteger(),
  money: fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }),
  instant,
  date: fc.integer({ min: -719_162, max: 2_932_896 }),
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 300 }),
} satisfies Record<ColumnType, fc.Arbitrary<unknown>> as Record<ColumnType, fc.Arbitrary<unknown>>;

function rowOf(table: Table) {
  return fc.record(
    Object.fromEntries(
      table.columns.map((column) => [
        column.name,
        column.required ? arbitraries[column.type] : fc.option(arbitraries[column.type], { nil: null }),
      ]),
    ),
  ) as fc.Arbitrary<Record<string, unknown>>;
}

/** Two decimals by text alone, so that no floating point is trusted. */
function decimalText(cents: number): string {
  const digits = Math.abs(cents).toString().padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** As text first, because protobufjs rounds numbers beyond 32 bits on its own way to Long. */
function longOf(value: number): unknown {
  const Long = protobuf.util.Long as unknown as { fromString(text: string): unknown };
  return Long.fromString(String(value));
}

function asProto(table: Table, row: Record<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const column of table.columns) {
    const value = row[column.name];
    if (value === null) continue;
    if (column.type === 'money') values[column.name] = decimalText(value as number);
    else if (column.type === 'int64' || column.type === 'instant')
      values[column.name] = longOf(value as number);
    else values[column.name] = value;
  }
  return values;
}

/** No table has dates or flags yet; the encoder must not wait for the first one to be wrong about it. */
const everyType: Table = {
  name: 'order_events',
  description: '',
  kind: 'append',
  key: [],
  columns: (['string', 'int64', 'money', 'instant', 'date', 'bool', 'bytes', 'json'] as const).map(
    (type, i) => ({
      name: type,
      type,
      required: false,
      fieldId: i + 1,
      description: '',
    }),
  ),
};

describe('the row encoder', () => {
  for (const table of [...(Object.values(tables) as Table[]), everyType]) {
    it(`writes for ${table === everyType ? 'every type' : table.name} the bytes that protobufjs writes`, () => {
      const encode = rowEncoder(table) as unknown as (row: unknown) => Uint8Array;
      const expected = reference(table);
      fc.assert(
        fc.property(rowOf(table), (row) => {
          expect(Buffer.from(encode(row)).toString('hex')).toBe(
            Buffer.from(expected(asProto(table, row))).toString('hex'),
          );
        }),
        { numRuns: 80 },
      );
    });
  }

  it('adds the change type and its sequence to a row of an upsert table', () => {
    const encode = rowEncoder(tables.orders) as unknown as (row: unknown, change?: unknown) => Uint8Array;
    const change = { type: 'UPSERT', sequence: '0/1/2' };
    expect(Buffer.from(encode({ order_id: 'a' }, change))).toEqual(
      Buffer.from(
        reference(tables.orders)({ order_id: 'a', _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: '0/1/2' }),
      ),
    );
  });

  it('writes the same for a text that was there before, of whatever length, and in whichever table', () => {
    const order = rowEncoder(tables.orders) as unknown as (row: unknown, change?: unknown) => Uint8Array;
    const item = rowEncoder(tables.order_items) as unknown as typeof order;
    const expected = { order: reference(tables.orders), item: reference(tables.order_items) };
    const change = { type: 'UPSERT', sequence: '0/1/2' };
    const ids = [
      '',
      'a',
      'é'.repeat(50),
      'z'.repeat(300),
      'e481f51cbdc54678b7cc49136f2d6af7',
      'ab',
      'abc',
      'abcd',
    ];
    // More than a slab holds: what is copied may stand in the one before.
    for (let i = 0; i < 600; i++) {
      const row = { order_id: ids[(i >> 2) % ids.length]!, event_id: ids[(i >> 3) % ids.length]! };
      const proto = { ...row, _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: '0/1/2' };
      expect(Buffer.from(order(row, change))).toEqual(Buffer.from(expected.order(proto)));
      expect(Buffer.from(item(row, change))).toEqual(Buffer.from(expected.item(proto)));
    }
  });

  it('writes half a surrogate pair as U+FFFD, because a row whose text is not UTF-8 is refused', () => {
    const encode = rowEncoder(tables.orders) as unknown as (row: unknown) => Uint8Array;
    expect(encode({ order_id: 'a\ud800b' })).toEqual(encode({ order_id: 'a\ufffdb' }));
    expect(encode({ order_id: '\udc00' })).toEqual(encode({ order_id: '\ufffd' }));
    expect(encode({ order_id: 'x\ud83d' })).toEqual(encode({ order_id: 'x\ufffd' }));
  });

  it('hands out rows that a later row does not overwrite, however large', () => {
    const encode = rowEncoder(tables.dead_letters) as unknown as (row: unknown) => Uint8Array;
    const first = encode({ event_id: 'é'.repeat(100_000) });
    const copy = first.slice();
    encode({ event_id: 'z'.repeat(300_000) });
    expect(Buffer.compare(first, copy)).toBe(0);
    expect(first.length).toBe(1 + 3 + 200_000);
  });

  it('lists rows of every length behind one another, each behind its tag and its length, and overwrites none', () => {
    const tape = rowTape(tables.orders) as unknown as RowTape<unknown>;
    const expected = reference(tables.orders);
    const change = { type: 'UPSERT', sequence: '0/1/2' } as const;
    // A length takes one byte below 128 and three from 16,384 on; the identifier is copied from row to row meanwhile.
    const cities = [0, 1, 60, 75, 80, 300, 16_250, 16_300, 16_400, 70_000, 0, 5, 20_000].map((n) =>
      'x'.repeat(n),
    );
    const rows = Array.from({ length: 60 }, (_, i) => ({
      order_id: `id-${i >> 2}`,
      customer_city: cities[i % cities.length]!,
    }));
    const written = rows.map((row) => {
      tape.write(row, row, change);
      return { slab: tape.slab, from: tape.from, to: tape.to };
    });
    for (const [i, { slab, from, to }] of written.entries()) {
      const proto = { ...rows[i], _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: '0/1/2' };
      const listed = protobuf.Writer.create().uint32(0x0a).bytes(expected(proto)).finish();
      expect(Buffer.compare(slab.subarray(from, to), listed)).toBe(0);
    }
  });
});
