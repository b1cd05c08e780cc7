import type { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from '../testing.ts';
import { clientOf } from './real-client.ts';

let bench: Bench;
let client: BigQuery;
beforeAll(async () => {
  bench = await Bench.start();
  client = clientOf(bench);
  await client.createDataset('j');
  await client.query('CREATE TABLE j.t (n INT64 DEFAULT 7, s STRING NOT NULL DEFAULT "x", m INT64)');
});
afterAll(() => bench.stop());

test('a query sent again under its request id runs once', async () => {
  const send = () => bench.query("INSERT j.t (n, s) VALUES (1, 'a')", { requestId: 'r-1' });
  await send();
  await send();
  expect(await bench.value('SELECT COUNT(*) FROM j.t')).toBe(1);
  await bench.query('TRUNCATE TABLE j.t');
});

test('jobs are found where they run, listed by state and time, and may be deleted', async () => {
  const [job] = await client.createQueryJob({
    query: 'SELECT 1 AS x',
    jobId: 'one',
    location: 'EU',
    labels: { a: 'b' },
  });
  await job.getQueryResults();
  expect((await job.getMetadata())[0]).toMatchObject({
    id: 'lab:EU.one',
    jobReference: { location: 'EU' },
    configuration: { labels: { a: 'b' } },
  });
  for (const path of ['jobs/one', 'queries/one'])
    await expect(bench.send('GET', `/projects/lab/${path}?location=US`)).rejects.toMatchObject({
      status: 404,
      message: 'Not found: Job lab:US.one',
    });
  const ids = async (options: object) => (await client.getJobs(options))[0].map((j) => j.id);
  expect(await ids({ stateFilter: 'done' })).toContain('one');
  expect(await ids({ stateFilter: 'running' })).toEqual([]);
  expect(await ids({ minCreationTime: String(Date.now() + 60_000) })).toEqual([]);
  await job.delete();
  expect(await job.exists()).toEqual([false]);
});

test('a zone that is none is refused, and so is a property that is not known', async () => {
  const connection = (key: string, value: string) => ({ connectionProperties: [{ key, value }] });
  expect(await bench.value('SELECT 1', connection('time_zone', 'UTC'))).toBe(1);
  await expect(bench.query('SELECT 1', connection('time_zone', 'Mars/Base'))).rejects.toMatchObject({
    message: 'Invalid time zone: Mars/Base',
    status: 400,
  });
  await expect(bench.query('SELECT 1', connection('query_label', 'a:b'))).rejects.toMatchObject({
    message: expect.stringContaining('query_label=a:b is not implemented'),
    status: 501,
  });
});

test('a dry run of a load job loads nothing', async () => {
  const load = {
    sourceUris: ['gs://b/x'],
    destinationTable: { projectId: 'lab', datasetId: 'j', tableId: 'new' },
    autodetect: true,
  };
  const body = { configuration: { dryRun: true, load } };
  expect(
    (await bench.send<{ status: { state: string } }>('POST', '/projects/lab/jobs', body)).status.state,
  ).toBe('DONE');
  expect(await client.dataset('j').table('new').exists()).toEqual([false]);
});

test('columns that a row leaves out take their defaults, columns that are NULL do not', async () => {
  const table = client.dataset('j').table('t');
  await table.insert([{ m: 1 }, { n: null, s: 'y', m: 2 }]);
  const [job] = await client.createQueryJob({
    query: 'SELECT 3 AS m',
    destination: table,
    writeDisposition: 'WRITE_APPEND',
  });
  await job.getQueryResults();
  expect((await client.query('SELECT n, s, m FROM j.t ORDER BY m'))[0]).toEqual([
    { n: 7, s: 'x', m: 1 },
    { n: null, s: 'y', m: 2 },
    { n: 7, s: 'x', m: 3 },
  ]);
  // INT64 8 each; STRING 2 and its length.
  expect((await table.getMetadata())[0]).toMatchObject({ numRows: '3', numBytes: '49' });
});
