import { BigQuery } from '@google-cloud/bigquery';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Child, startChild } from '../cli/child.ts';

let emulators: Child;
beforeAll(async () => {
  emulators = startChild(['emulators', '--json'], {});
  Object.assign(process.env, await emulators.firstLine());
});
afterAll(async () => {
  emulators.kill('SIGTERM');
  expect(await emulators.ended).toEqual({ code: 0, signal: null });
});

test('BigQuery loads from the Cloud Storage that was started beside it', async () => {
  const bucket = new Storage({ projectId: 'a-project' }).bucket('files');
  await bucket.create();
  await bucket.file('days/1.csv').save('day,orders\n2026-01-01,3\n2026-01-02,4\n');
  const client = new BigQuery({ projectId: 'a-project' });
  const [dataset] = await client.createDataset('lab');
  await dataset.table('days').load(bucket.file('days/1.csv'), { autodetect: true });
  const [rows] = await client.query('SELECT SUM(orders) AS orders FROM lab.days');
  expect(rows).toEqual([{ orders: 7 }]);
});
