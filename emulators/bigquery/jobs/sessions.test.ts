import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';

const clock = new DrivenClock();
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start({ clock });
  await bench.query('CREATE SCHEMA s');
});
afterAll(() => bench.stop());

interface Job {
  readonly id: string;
  readonly configuration?: object;
  readonly statistics: {
    readonly numChildJobs?: string;
    readonly parentJobId?: string;
    readonly query: object;
  };
  readonly status: { readonly errorResult?: { readonly message: string } };
}
const run = (query: string, more: object = {}) =>
  bench.send<{ sessionInfo?: { sessionId: string }; jobReference: { jobId: string } }>(
    'POST',
    '/projects/lab/queries',
    { query, useLegacySql: false, ...more },
  );
const begin = async (query: string) => (await run(query, { createSession: true })).sessionInfo?.sessionId;
const endless =
  'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b WHERE MOD(a * b, 7) = 3';
const inSession = (value: string | undefined) => ({ connectionProperties: [{ key: 'session_id', value }] });

test('what one query of a session made the next ones find: tables, functions, variables', async () => {
  const own = inSession(await begin('CREATE TEMP TABLE kept AS SELECT 5 AS x'));
  expect(await bench.value('SELECT x FROM kept', own)).toBe(5);
  expect(await bench.value('SELECT x FROM _SESSION.kept', own)).toBe(5);
  await bench.query('CREATE TEMP FUNCTION twice(x INT64) AS (x * 2)', own);
  await bench.query('DECLARE n INT64 DEFAULT 4', own);
  await bench.query('SET n = n + 1', own);
  expect(await bench.value('SELECT twice(n)', own)).toBe(10);
  await expect(bench.query('SELECT x FROM kept', inSession(await begin('SELECT 1')))).rejects.toThrow(
    'must be qualified with a dataset',
  );
});
test('a query that is cancelled leaves its session to the next', async () => {
  const own = inSession(await begin('CREATE TEMP TABLE kept AS SELECT 5 AS x'));
  const { jobReference } = await bench.send<{ jobReference: { jobId: string } }>(
    'POST',
    '/projects/lab/jobs',
    {
      configuration: { query: { query: endless, useLegacySql: false, ...own } },
    },
  );
  await expect(bench.query('SELECT 1', own)).rejects.toThrow('is in use');
  await bench.send('POST', `/projects/lab/jobs/${jobReference.jobId}/cancel`);
  await bench.send('GET', `/projects/lab/queries/${jobReference.jobId}`).catch(() => {});
  // Longer than it takes to interrupt once more.
  await new Promise((resolve) => setTimeout(resolve, 25));
  expect(await bench.value('SELECT x FROM kept', own)).toBe(5);
});
test('a session ends when it is told to, or after a day without use', async () => {
  const told = inSession(await begin('SELECT 1'));
  await bench.query('CALL BQ.ABORT_SESSION()', told);
  await expect(bench.query('SELECT 1', told)).rejects.toThrow('has been terminated');
  const idle = await begin('SELECT 1');
  clock.advance(23 * 3_600_000);
  expect(await bench.value('SELECT @@session_id', inSession(idle))).toBe(idle);
  clock.advance(25 * 3_600_000);
  await expect(bench.query('SELECT 1', inSession(idle))).rejects.toThrow('has been terminated');
});
test('a transaction that a query leaves open is undone', async () => {
  await bench.query('CREATE TABLE s.t (n INT64)');
  await begin('BEGIN TRANSACTION; INSERT s.t VALUES (1)');
  expect(await bench.value('SELECT COUNT(*) FROM s.t')).toBe(0);
});

test('the statements of a script are jobs below it, with their own answers', async () => {
  const script =
    "DECLARE n INT64 DEFAULT 2; IF n > 1 THEN INSERT s.t VALUES (n); END IF; SELECT n; SELECT ERROR('no')";
  const { jobReference } = await bench.send<{ jobReference: { jobId: string } }>(
    'POST',
    '/projects/lab/jobs',
    {
      configuration: { query: { query: script, useLegacySql: false } },
    },
  );
  const { jobId } = jobReference;
  await bench.send('GET', `/projects/lab/queries/${jobId}`).catch(() => {});
  const list = async (more: string) =>
    (await bench.send<{ jobs: Job[] }>('GET', `/projects/lab/jobs?${more}`)).jobs;
  const parent = (await list('')).find((job) => job.id.endsWith(jobId));
  expect(parent?.statistics.numChildJobs).toBe('3');
  expect(parent?.configuration).toBeUndefined();
  const steps = await list(`parentJobId=${jobId}&projection=full`);
  expect(steps.reverse()).toMatchObject([
    { statistics: { parentJobId: jobId, query: { statementType: 'INSERT', numDmlAffectedRows: '1' } } },
    { configuration: { query: { query: 'SELECT n' } } },
    { status: { errorResult: { message: expect.stringContaining('no') } } },
  ]);
  const { rows } = await bench.send<{ rows: object[] }>(
    'GET',
    `/projects/lab/queries/${steps[1]?.id.split('.')[1]}`,
  );
  expect(rows).toEqual([{ f: [{ v: '2' }] }]);
});
test('a job tells which tables it read, and so does a dry run', async () => {
  const referencedTables = [{ projectId: 'lab', datasetId: 's', tableId: 't' }];
  const job = (dryRun: boolean) =>
    bench.send<Job>('POST', '/projects/lab/jobs', {
      configuration: { dryRun, query: { query: 'SELECT n FROM s.t', useLegacySql: false } },
    });
  expect((await job(true)).statistics.query).toMatchObject({ referencedTables });
  const [, id] = (await job(false)).id.split('.');
  await bench.send('GET', `/projects/lab/queries/${id}`);
  const done = await bench.send<Job>('GET', `/projects/lab/jobs/${id}`);
  expect(done.statistics.query).toMatchObject({ referencedTables });
});
test.each<[statement: string, told: object]>([
  [
    'CREATE TABLE s.made AS SELECT 1 AS n',
    { ddlOperationPerformed: 'CREATE', ddlTargetTable: { tableId: 'made' } },
  ],
  ['CREATE TABLE IF NOT EXISTS s.made (n INT64)', { ddlOperationPerformed: 'SKIP' }],
  [
    'CREATE OR REPLACE TABLE s.made AS SELECT 1 AS n UNION ALL SELECT 2',
    { ddlOperationPerformed: 'REPLACE' },
  ],
  [
    'MERGE s.made AS t USING UNNEST([2, 3, 4]) AS n ON t.n = n WHEN MATCHED THEN UPDATE SET n = 20 WHEN NOT MATCHED THEN INSERT (n) VALUES (n) WHEN NOT MATCHED BY SOURCE THEN DELETE',
    {
      numDmlAffectedRows: '4',
      dmlStats: { insertedRowCount: '2', updatedRowCount: '1', deletedRowCount: '1' },
    },
  ],
  ['ALTER TABLE s.made ADD COLUMN m INT64', { ddlOperationPerformed: 'ALTER' }],
  ['CREATE FUNCTION s.one() AS (1)', { ddlTargetRoutine: { routineId: 'one' } }],
  ['DROP TABLE IF EXISTS s.none', { ddlOperationPerformed: 'SKIP', ddlTargetTable: { tableId: 'none' } }],
  ['DROP TABLE s.made', { ddlOperationPerformed: 'DROP' }],
])('a job tells what it did: %s', async (statement, told) => {
  const { jobReference } = await run(statement);
  const job = await bench.send<Job>('GET', `/projects/lab/jobs/${jobReference.jobId}`);
  expect(job.statistics.query).toMatchObject(told);
  if (statement.includes('s.made'))
    expect(job.configuration).toMatchObject({ query: { destinationTable: { tableId: 'made' } } });
});
test('a job is stopped at the time it was given', async () => {
  const begun = new Promise<void>((resolve) => {
    const setTimer = clock.setTimer.bind(clock);
    vi.spyOn(clock, 'setTimer').mockImplementationOnce((milliseconds, then) => {
      resolve();
      return setTimer(milliseconds, then);
    });
  });
  const stopped = expect(run(endless, { jobTimeoutMs: '1500' })).rejects.toMatchObject({
    message: 'Job execution was cancelled: Job timed out after 1.5s',
    reason: 'stopped',
  });
  await begun;
  clock.advance(1500);
  await stopped;
});
