import { expect, test } from 'vitest';
import { bigquerySchema, type Table, tables } from '../../contracts/index.ts';
import { SetupError } from '../../runtime/index.ts';
import { type ColumnThere, columnsLacking } from './columns-lacking.ts';

const wanted = bigquerySchema(tables.order_events);
const lacking = (there: readonly ColumnThere[]) => columnsLacking('raw.order_events', wanted, there);
const without = (...names: string[]) => wanted.filter(({ name }) => !names.includes(name));

test('a table as the contract has it lacks nothing, whichever names its types are told by', () => {
  for (const table of Object.values(tables) as Table[]) {
    const columns = bigquerySchema(table);
    const newNames = columns.map(({ name, type, mode }) => ({
      name: name.toUpperCase(),
      type: { INTEGER: 'INT64', BOOLEAN: 'BOOL' }[type as string] ?? type,
      mode,
    }));
    expect(columnsLacking('t', columns, columns)).toEqual([]);
    expect(columnsLacking('t', columns, newNames)).toEqual([]);
  }
});

test('what is missing and may be empty can be added, with its description; what is there besides is left alone', () => {
  const there = [...without('worker_version', 'corrections'), { name: 'colour', type: 'STRING' }];
  const found = lacking(there);
  expect(found.map(({ name, mode }) => `${name} ${mode}`)).toEqual([
    'corrections NULLABLE',
    'worker_version NULLABLE',
  ]);
  expect(found[0]?.description).toContain('put right');
});

test.each<[string, readonly ColumnThere[], RegExp]>([
  [
    'another type',
    [...without('version'), { name: 'version', type: 'STRING' }],
    /version is STRING, expected INTEGER/,
  ],
  [
    'many values in place of one',
    [...without('payload'), { name: 'payload', type: 'STRING', mode: 'REPEATED' }],
    /payload is STRING REPEATED/,
  ],
  ['no required column', without('payload'), /payload is missing/],
])(
  'a table with %s must be mended by a person, even where something could be added',
  (_what, there, words) => {
    const few = there.filter(({ name }) => name !== 'worker_version');
    expect(() => lacking(few)).toThrow(words);
    expect(() => lacking(few)).toThrow(SetupError);
    expect(() => lacking(few)).toThrow(/drop raw.order_events/);
  },
);
