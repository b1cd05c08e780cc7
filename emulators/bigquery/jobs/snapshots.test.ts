import { afterAll, beforeAll, expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';
import { appender, columns, rowBytes } from '../write/testing.ts';

const clock = new DrivenClock(Date.UTC(2026, 0, 1));
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start({ clock });
  await bench.query('CREATE SCHEMA s');
  await bench.query('CREATE TABLE s.base AS SELECT 1 AS n');
  clock.advance(60_000);
  await bench.query('INSERT s.base VALUES (2)');
  clock.advance(60_000);
});
afterAll(() => bench.stop());

const base = { projectId: 'lab', datasetId: 's', tableId: 'base' };
const get = (table: string) => bench.send('GET', `/projects/lab/datasets/s/tables/${table}`);
const count = (table: string) => bench.value(`SELECT COUNT(*) FROM s.${table}`);
async function copy(operationType: string, from: string, to: string, datasetId = 's'): Promise<void> {
  const table = (tableId: string) => ({ projectId: 'lab', datasetId, tableId });
  const body = {
    configuration: { copy: { operationType, sourceTable: table(from), destinationTable: table(to) } },
  };
  const { id } = await bench.send<{ id: string }>('POST', '/projects/lab/jobs', body);
  const path = `/projects/lab/jobs/${id.split('.')[1]}`;
  for (;;) {
    const { status } = await bench.send<{ status: { state: string; errorResult?: Error } }>('GET', path);
    if (status.errorResult) throw new Error(status.errorResult.message);
    if (status.state === 'DONE') return;
  }
}

test('a snapshot is a table of its own kind that nothing is written to', async () => {
  await copy('SNAPSHOT', 'base', 'taken');
  expect(await get('taken')).toMatchObject({
    type: 'SNAPSHOT',
    snapshotDefinition: { baseTableReference: base, snapshotTime: '2026-01-01T00:02:00.000Z' },
  });
  await bench.query('INSERT s.base VALUES (3)');
  expect([await count('base'), await count('taken')]).toEqual([3, 2]);
  const refused = 'currently a SNAPSHOT';
  await expect(bench.query('INSERT s.taken VALUES (3)')).rejects.toThrow(refused);
  await expect(copy('COPY', 'base', 'taken')).rejects.toThrow(refused);
  await expect(
    bench.send('POST', '/projects/lab/datasets/s/tables/taken/insertAll', { rows: [{ json: { n: 1 } }] }),
  ).rejects.toThrow('Cannot add rows to a table of type SNAPSHOT.');
  await expect(copy('SNAPSHOT', 'base', 'taken')).rejects.toThrow('currently a SNAPSHOT');
});
test('what is described anew stays a snapshot', async () => {
  await bench.send('PATCH', '/projects/lab/datasets/s/tables/taken', { description: 'of January' });
  expect(await get('taken')).toMatchObject({ type: 'SNAPSHOT', description: 'of January' });
});
test('a snapshot is restored into a table', async () => {
  await copy('RESTORE', 'taken', 'restored');
  expect(await get('restored')).toMatchObject({ type: 'TABLE' });
  expect(await count('restored')).toBe(2);
  await expect(copy('RESTORE', 'base', 'again')).rejects.toThrow('currently a TABLE');
});
test('a clone may be written to, and tells where it came from', async () => {
  await copy('CLONE', 'base', 'cloned');
  await bench.query('CREATE TABLE s.declared CLONE s.base');
  for (const table of ['cloned', 'declared']) {
    expect(await get(table)).toMatchObject({ type: 'TABLE', cloneDefinition: { baseTableReference: base } });
    await bench.query(`INSERT s.${table} VALUES (4)`);
  }
});
test('a statement takes them of a time before', async () => {
  const then = "FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01 00:00:30+00'";
  await bench.query(`CREATE SNAPSHOT TABLE s.early CLONE s.base ${then}`);
  await bench.query(`CREATE TABLE s.copied COPY s.base ${then}`);
  expect([await count('early'), await count('copied')]).toEqual([1, 1]);
  expect(await get('early')).toMatchObject({
    snapshotDefinition: { snapshotTime: '2026-01-01T00:00:30.000Z' },
  });
});
test('a copy keeps the partitions that rows came into, and what was once a key is no hindrance', async () => {
  await bench.query(`CREATE TABLE s.arrived (n INT64, PRIMARY KEY (n) NOT ENFORCED) PARTITION BY _PARTITIONDATE;
    INSERT s.arrived (_PARTITIONTIME, n) VALUES (TIMESTAMP '2025-12-24', 1);
    CREATE TABLE s.by_statement CLONE s.arrived;
    ALTER TABLE s.arrived DROP PRIMARY KEY;
    CREATE TABLE s.without_key COPY s.arrived`);
  await copy('COPY', 'arrived', 'by_job');
  for (const table of ['by_statement', 'without_key', 'by_job'])
    expect(await bench.rows(`SELECT n, _PARTITIONDATE AS day FROM s.${table}`)).toEqual([[1, '2025-12-24']]);
});
test('a clone of a table with a key knows how new its rows are, whoever made it', async () => {
  await bench.query(`CREATE SCHEMA IF NOT EXISTS lab;
    CREATE TABLE lab.keyed (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)`);
  const names = ['id', 'n', '_CHANGE_TYPE', '_CHANGE_SEQUENCE_NUMBER'];
  const change = columns(names.map((name) => [name, name === 'n' ? 3 : 9]));
  const upsert = async (table: string, n: number, sequence: string): Promise<void> => {
    const rows = await appender(bench.emulator, table, change);
    const row = { id: 'k', n, _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: sequence };
    await rows.append([rowBytes(change, row)]).finally(() => rows.close());
  };
  await upsert('keyed', 1, 'FF');
  await bench.query('CREATE TABLE lab.by_statement CLONE lab.keyed');
  await copy('CLONE', 'keyed', 'by_job', 'lab');
  for (const table of ['by_statement', 'by_job']) {
    await upsert(table, 2, 'FE');
    expect(await bench.rows(`SELECT n FROM lab.${table}`)).toEqual([[1]]);
    await upsert(table, 3, 'FF');
    expect(await bench.rows(`SELECT n FROM lab.${table}`)).toEqual([[3]]);
  }
});
test('INFORMATION_SCHEMA and the list of tables tell them apart', async () => {
  await bench.query('CREATE MATERIALIZED VIEW s.view AS SELECT COUNT(*) AS n FROM s.base');
  expect(
    await bench.rows(
      "SELECT table_name, table_type FROM s.INFORMATION_SCHEMA.TABLES WHERE table_name IN ('base', 'taken', 'cloned', 'view') ORDER BY 1",
    ),
  ).toEqual([
    ['base', 'BASE TABLE'],
    ['cloned', 'CLONE'],
    ['taken', 'SNAPSHOT'],
    ['view', 'MATERIALIZED VIEW'],
  ]);
  const { tables } = await bench.send<{ tables: { id: string; type: string }[] }>(
    'GET',
    '/projects/lab/datasets/s/tables',
  );
  expect(tables.filter((t) => t.type === 'SNAPSHOT').map((t) => t.id)).toEqual([
    'lab:s.early',
    'lab:s.taken',
  ]);
});
