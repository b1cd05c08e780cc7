import { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../testing.ts';

let bench: Bench;
let client: BigQuery;
beforeAll(async () => {
  bench = await Bench.start();
  client = new BigQuery({
    projectId: 'lab',
    apiEndpoint: bench.emulator.environment.BIGQUERY_EMULATOR_HOST.replace('/bigquery/v2', ''),
  });
});
afterAll(() => bench.stop());

const caught = (
  promise: Promise<unknown>,
): Promise<{ code: number; message: string; errors: { reason: string }[] }> =>
  promise.then(
    () => Promise.reject(new Error('it was answered')),
    (error) => error,
  );

describe('datasets', () => {
  test('are made, read, labelled, listed and deleted by the real client', async () => {
    const [dataset] = await client.createDataset('shelves', { location: 'EU', labels: { team: 'a' } });
    expect(dataset.metadata).toMatchObject({ id: 'lab:shelves', kind: 'bigquery#dataset', location: 'EU' });
    expect(dataset.metadata.selfLink).toBe(
      `${bench.emulator.environment.BIGQUERY_EMULATOR_HOST}/projects/lab/datasets/shelves`,
    );
    expect(dataset.metadata.etag).toBeTruthy();
    await dataset.setMetadata({ labels: { owner: 'b' }, description: 'books' });
    expect((await dataset.getMetadata())[0]).toMatchObject({
      labels: { team: 'a', owner: 'b' },
      description: 'books',
    });
    expect((await client.getDatasets())[0].map((d) => d.id)).toContain('shelves');
    await dataset.createTable('t', { schema: 'a:integer' });
    expect((await caught(dataset.delete())).errors[0]?.reason).toBe('resourceInUse');
    await dataset.delete({ force: true });
    expect(await dataset.exists()).toEqual([false]);
  });
  test('a second one of the same name is a duplicate, a missing one is not found', async () => {
    await client.createDataset('twice');
    expect(await caught(client.createDataset('twice'))).toMatchObject({
      code: 409,
      message: 'Already Exists: Dataset lab:twice',
    });
    expect(await caught(client.dataset('missing').getMetadata())).toMatchObject({
      code: 404,
      errors: [{ reason: 'notFound' }],
    });
  });
});

describe('tables', () => {
  test('keep their schema, partitioning, clustering, key and labels', async () => {
    const [dataset] = await client.createDataset('stock');
    const definition = {
      schema: {
        fields: [
          { name: 'id', type: 'STRING', mode: 'REQUIRED', description: 'the key' },
          { name: 'price', type: 'NUMERIC', precision: '12', scale: '2' },
          { name: 'seen', type: 'TIMESTAMP' },
          { name: 'tags', type: 'STRING', mode: 'REPEATED' },
          {
            name: 'size',
            type: 'RECORD',
            fields: [
              { name: 'w', type: 'INTEGER' },
              { name: 'h', type: 'INTEGER' },
            ],
          },
        ],
      },
      timePartitioning: { type: 'DAY', field: 'seen' },
      clustering: { fields: ['id'] },
      maxStaleness: '0-0 0 0:15:0',
      tableConstraints: { primaryKey: { columns: ['id'] } },
      labels: { a: 'b' },
      description: 'things',
    };
    const [table] = await dataset.createTable('things', definition);
    expect((await table.getMetadata())[0]).toMatchObject({
      ...definition,
      id: 'lab:stock.things',
      kind: 'bigquery#table',
      type: 'TABLE',
      numRows: '0',
    });
    await client.query("INSERT stock.things (id, price, size) VALUES ('a', 12.5, STRUCT(1, 2))");
    expect(await caught(client.query('INSERT stock.things (price) VALUES (1)'))).toMatchObject({
      code: 400,
      message: 'Required field id cannot be null at [1:1]',
    });
  });
  test('take new columns by PATCH, which queries then see, and refuse to lose one', async () => {
    const table = client.dataset('stock').table('things');
    const [{ schema }] = await table.getMetadata();
    await table.setMetadata({ schema: { fields: [...schema.fields, { name: 'note', type: 'STRING' }] } });
    expect((await client.query('SELECT id, note, size.h AS h FROM stock.things'))[0]).toEqual([
      { id: 'a', note: null, h: 2 },
    ]);
    expect(await caught(table.setMetadata({ schema: { fields: schema.fields.slice(1) } }))).toMatchObject({
      code: 400,
      errors: [{ reason: 'invalid' }],
    });
  });
  test('views answer with the schema of their query', async () => {
    const [view] = await client.dataset('stock').createTable('cheap', {
      view: { query: 'SELECT id, price * 2 AS twice FROM `lab.stock.things`', useLegacySql: false },
    });
    expect((await view.getMetadata())[0]).toMatchObject({
      type: 'VIEW',
      schema: {
        fields: [
          { name: 'id', type: 'STRING' },
          { name: 'twice', type: 'NUMERIC' },
        ],
      },
    });
    expect((await client.query('SELECT SUM(twice) AS s FROM stock.cheap'))[0][0].s.toNumber()).toBe(25);
  });
  test('are listed and deleted', async () => {
    expect((await client.dataset('stock').getTables())[0].map((t) => t.id)).toEqual(['cheap', 'things']);
    await client.dataset('stock').table('cheap').delete();
    expect(await client.dataset('stock').table('cheap').exists()).toEqual([false]);
  });
  test('that cannot be made as asked are refused by name', async () => {
    const refused = caught(
      client.dataset('stock').createTable('x', { schema: 'd:date', biglakeConfiguration: {} }),
    );
    expect((await refused).message).toMatch(/biglakeConfiguration is not implemented/);
  });
});

describe('queries', () => {
  test('parameters of every kind arrive as what they are', async () => {
    const [rows] = await client.query({
      query:
        'SELECT @i + 1 AS i, @s AS s, @b AS b, @f AS f, DATE_ADD(@d, INTERVAL 1 DAY) AS d, @ids[OFFSET(1)] AS second, @p.x AS x, @t AS t',
      params: {
        i: 1,
        s: "it's",
        b: true,
        f: 1.5,
        d: BigQuery.date('2026-01-31'),
        ids: [5, 6],
        p: { x: 7 },
        t: BigQuery.timestamp('2026-01-01T00:00:00Z'),
      },
    });
    expect(rows[0]).toMatchObject({
      i: 2,
      s: "it's",
      b: true,
      f: 1.5,
      d: { value: '2026-02-01' },
      second: 6,
      x: 7,
      t: { value: '2026-01-01T00:00:00.000Z' },
    });
    expect((await client.query({ query: 'SELECT ? AS a, ? AS b', params: ['x', 2] }))[0]).toEqual([
      { a: 'x', b: 2 },
    ]);
  });
  test('values come back exactly: numerics, bytes, structs, arrays, microseconds', async () => {
    const [[row]] = await client.query(
      "SELECT NUMERIC '12345678901234567890.123456789' AS n, b'\\x00\\xff' AS b, STRUCT(1 AS a, [STRUCT('x' AS y)] AS l) AS s, TIMESTAMP '2026-01-01 00:00:00.000001+00' AS t",
    );
    expect(row.n.toFixed()).toBe('12345678901234567890.123456789');
    expect([...row.b]).toEqual([0, 255]);
    expect(row.s).toEqual({ a: 1, l: [{ y: 'x' }] });
    expect(row.t.value).toBe('2026-01-01T00:00:00.000001000Z');
  });
  test('long answers are paged', async () => {
    const [job] = await client.createQueryJob(
      'SELECT x FROM UNNEST(GENERATE_ARRAY(1, 2500)) AS x ORDER BY x',
    );
    const [first, next] = await job.getQueryResults({ maxResults: 1000, autoPaginate: false });
    expect([first.length, next?.pageToken !== undefined]).toEqual([1000, true]);
    const rest = await job.getQueryResults({
      maxResults: 2000,
      pageToken: String(next?.pageToken),
      autoPaginate: false,
    });
    expect([...first, ...rest[0]].map((r) => r.x)).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
    expect(rest[1]).toBe(null);
  });
  test('an error carries its reason and its position', async () => {
    expect(await caught(client.query('SELECT\n  nope'))).toMatchObject({
      code: 400,
      message: 'Unrecognized name: nope at [2:3]',
      errors: [{ reason: 'invalidQuery' }],
    });
  });
  test('a dry run gives the schema and runs nothing', async () => {
    const [job] = await client.createQueryJob({
      query: 'SELECT id, AVG(price) AS p FROM stock.things GROUP BY id',
      dryRun: true,
    });
    expect(job.metadata.statistics.query.schema.fields).toMatchObject([
      { name: 'id', type: 'STRING' },
      { name: 'p', type: 'NUMERIC' },
    ]);
    await client.createQueryJob({ query: 'TRUNCATE TABLE stock.things', dryRun: true });
    expect((await client.query('SELECT COUNT(*) AS n FROM stock.things'))[0]).toEqual([{ n: 1 }]);
  });
  test('a default dataset gives bare names their place', async () => {
    expect(
      (
        await client.query({
          query: 'SELECT COUNT(*) AS n FROM things',
          defaultDataset: { datasetId: 'stock' },
        })
      )[0],
    ).toEqual([{ n: 1 }]);
  });
});

describe('jobs', () => {
  test('a job id runs once: the second insert is a duplicate and changes nothing', async () => {
    await client.query('CREATE TABLE stock.runs (n INT64)');
    const insert = () =>
      client.createQueryJob({ query: 'INSERT stock.runs VALUES (1)', jobId: 'daily-2026-01-01' });
    const [job] = await insert();
    await job.getQueryResults();
    expect(await caught(insert())).toMatchObject({ code: 409, errors: [{ reason: 'duplicate' }] });
    expect((await client.query('SELECT COUNT(*) AS n FROM stock.runs'))[0]).toEqual([{ n: 1 }]);
  });
  test('a job that fails is done and says why', async () => {
    const [job] = await client.createQueryJob("ASSERT FALSE AS 'not today'");
    await caught(job.getQueryResults());
    const [metadata] = await job.getMetadata();
    expect(metadata.status).toMatchObject({
      state: 'DONE',
      errorResult: { reason: 'invalidQuery', message: 'not today at [1:1]' },
    });
  });
  test('DML tells how many rows it changed', async () => {
    const [job] = await client.createQueryJob('DELETE FROM stock.runs WHERE TRUE');
    await job.getQueryResults();
    expect((await job.getMetadata())[0].statistics.query).toMatchObject({
      statementType: 'DELETE',
      numDmlAffectedRows: '1',
      dmlStats: { deletedRowCount: '1' },
    });
  });
  test('a job that runs can be cancelled', async () => {
    const [job] = await client.createQueryJob(
      'SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS a, UNNEST(GENERATE_ARRAY(1, 100000)) AS b WHERE MOD(a * b, 7) = 3',
    );
    await job.cancel();
    expect(await caught(job.getQueryResults())).toMatchObject({ errors: [{ reason: 'stopped' }] });
  });
});

describe('routines', () => {
  const body = (routineId: string, definitionBody: string): object => ({
    routineReference: { projectId: 'lab', datasetId: 'stock', routineId },
    routineType: 'PROCEDURE',
    language: 'SQL',
    definitionBody,
    arguments: [{ name: 'day', dataType: { typeKind: 'DATE' } }],
  });
  test('a procedure made over REST is called by a job, replaced, listed and deleted', async () => {
    const routine = client.dataset('stock').routine('note_day');
    await client.query('CREATE TABLE stock.days (d DATE)');
    await routine.create(body('note_day', 'BEGIN INSERT stock.days VALUES (day); END'));
    await client.query("CALL stock.note_day(DATE '2026-01-01')");
    await routine.setMetadata(
      body('note_day', 'BEGIN INSERT stock.days VALUES (DATE_ADD(day, INTERVAL 1 DAY)); END'),
    );
    await client.query("CALL `lab.stock.note_day`('2026-01-01')");
    expect((await client.query('SELECT FORMAT_DATE("%d", d) AS d FROM stock.days ORDER BY d'))[0]).toEqual([
      { d: '01' },
      { d: '02' },
    ]);
    expect((await client.dataset('stock').getRoutines())[0].map((r) => r.id)).toEqual(['note_day']);
    await routine.delete();
    expect(await routine.exists()).toEqual([false]);
  });
  test('a body that does not parse is refused when it is made', async () => {
    const made = client.dataset('stock').routine('broken').create(body('broken', 'BEGIN SELEC 1; END'));
    expect((await caught(made)).message).toMatch(/Syntax error: .*SELEC.* at \[1:7\]/);
  });
});

describe('the wire', () => {
  test('both prefixes lead to the same place', async () => {
    const origin = bench.emulator.environment.BIGQUERY_EMULATOR_HOST.replace('/bigquery/v2', '');
    expect((await fetch(`${origin}/projects/lab/datasets/stock`)).status).toBe(200);
    expect((await fetch(`${origin}/bigquery/v2/projects/lab/datasets/stock`)).status).toBe(200);
  });
  test('what is not built is refused by name', async () => {
    await expect(
      bench.send('POST', '/projects/lab/jobs', {
        configuration: { extract: { destinationUris: ['gs://b/x'], destinationFormat: 'ORC' } },
      }),
    ).rejects.toThrow('A file of the format ORC is not implemented');
    await expect(
      bench.send('POST', '/projects/lab/datasets/stock/tables/things/restore', {}),
    ).rejects.toMatchObject({ status: 501 });
    await expect(bench.query('SELECT 1', { useLegacySql: true })).rejects.toThrow(
      'Legacy SQL is not implemented',
    );
  });
  test('a planned fault spoils the answer of a job that ran', async () => {
    bench.emulator.faults.next('bigquery.jobs.insert', 1, {
      kind: 'fail',
      code: 'UNAVAILABLE',
      landed: true,
    });
    const job = {
      configuration: { query: { query: 'INSERT stock.runs VALUES (2)', useLegacySql: false } },
      jobReference: { jobId: 'landed' },
    };
    await expect(bench.send('POST', '/projects/lab/jobs', job)).rejects.toMatchObject({ status: 503 });
    await expect(bench.send('POST', '/projects/lab/jobs', job)).rejects.toMatchObject({
      reason: 'duplicate',
    });
  });
});
