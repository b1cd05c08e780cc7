import type { BigQuery } from '@google-cloud/bigquery';
import { expect, test } from 'vitest';
import { bigquerySchema, tables } from '../../contracts/index.ts';
import { SetupError, TransientError } from '../../runtime/index.ts';
import type { ColumnThere } from './columns-lacking.ts';
import { ContractColumns } from './table-columns.ts';

const wanted = bigquerySchema(tables.orders);
const old: readonly ColumnThere[] = wanted.filter(({ name }) => name !== 'corrections');
const colour = { name: 'colour', type: 'STRING' };
const answered = (code: number, reason = '') =>
  Object.assign(new Error(`HTTP ${code}`), { code, errors: [{ reason }] });

/** A table whose changes are told by its etag. `onRead`: what others do between a read and the write after it. */
function service(onRead: (table: { columns: readonly ColumnThere[] }, read: number) => void = () => {}) {
  const table = { columns: old };
  const told: string[] = [];
  let reads = 0;
  const etagOf = () => JSON.stringify(table.columns.map(({ name }) => name));
  const client = {
    dataset: () => ({
      table: () => ({
        async getMetadata() {
          const there = { etag: etagOf(), schema: { fields: table.columns } };
          onRead(table, ++reads);
          return [there];
        },
        async setMetadata({ etag, schema }: { etag: string; schema: { fields: readonly ColumnThere[] } }) {
          if (etag !== etagOf()) throw answered(412);
          table.columns = schema.fields;
        },
      }),
    }),
  } as unknown as BigQuery;
  const columns = new ContractColumns(
    tables.orders,
    { project: 'p', dataset: 'raw' },
    {
      writer: { getWriteStream: () => Promise.reject(new Error('nobody looks')) },
      bigquery: async () => client,
      added: (name, added) => told.push(`${added} to ${name}`),
      blocked: ({ action }) => told.push(String(action)),
    },
  );
  return { columns, table, told, reads: () => reads };
}

const namesOf = ({ columns }: { columns: readonly ColumnThere[] }) => columns.map(({ name }) => name);

test('what others add in between is read again and kept', async () => {
  const { columns, table, told } = service((there, read) => {
    if (read === 1) there.columns = [...there.columns, colour];
  });
  await columns.add();
  expect(namesOf(table).toSorted()).toEqual([...wanted.map(({ name }) => name), 'colour'].toSorted());
  expect(told).toEqual(['corrections to raw.orders']);
});

test('a column that another worker added in between is not added again', async () => {
  const { columns, table, told } = service((there, read) => {
    if (read === 1) there.columns = wanted;
  });
  await columns.add();
  expect(namesOf(table)).toEqual(wanted.map(({ name }) => name));
  expect(told).toEqual([]);
});

test('refusals at the same time ask for one addition', async () => {
  const { columns, reads } = service();
  await Promise.all([columns.add(), columns.add(), columns.add()]);
  expect(reads()).toBe(1);
});

test.each([
  [answered(403, 'accessDenied'), SetupError, [expect.stringContaining('roles/bigquery.dataEditor')]],
  [answered(404), SetupError, [expect.stringContaining('orderlake infra apply')]],
  [answered(403, 'rateLimitExceeded'), TransientError, []],
  [answered(503), TransientError, []],
])('%s is told by what it asks for', async (error, kind, said) => {
  const { columns, told } = service(() => {
    throw error;
  });
  await expect(columns.add()).rejects.toBeInstanceOf(kind);
  expect(told).toEqual(said);
});

test('a table that others never stop changing is tried again later', async () => {
  const { columns } = service((there, read) => {
    there.columns = [...old, { name: `by_others_${read}`, type: 'STRING' }];
  });
  await expect(columns.add()).rejects.toBeInstanceOf(TransientError);
});
