import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '@google-cloud/pubsub';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ask } from '../cli/bigquery.ts';
import { bigquerySchema, defaultRules, names, tables } from '../contracts/index.ts';
import {
  bigqueryClient,
  pubsubClient,
  storageClient,
  storageWriteClient,
  subscriberClient,
} from '../runtime/google-clients.ts';
import { type Logger, systemClock } from '../runtime/index.ts';
import { startWorker, type Worker } from '../streaming/index.ts';
import { archiveOf } from '../streaming/testing.ts';
import { project, SmallWorld, until } from './chaos/small-world.ts';

/** Columns that came later, as tables have them that were made before. */
const late = ['worker_version', 'delivery_attempt', 'additional_fields', 'corrections'];

let world: SmallWorld;
const running: { readonly worker: Worker; end(): Promise<void> }[] = [];
const lines: string[] = [];
beforeAll(async () => {
  world = await SmallWorld.start({
    seed: 23,
    tables: (deployed) =>
      deployed.map((table) => ({
        ...table,
        columns: table.columns.filter(({ name }) => !late.includes(name)),
      })),
  });
}, 60_000);
afterAll(() => world.stop());
beforeEach(() => lines.splice(0));
afterEach(async () => {
  world.bigquery.faults.reset();
  await Promise.all(running.splice(0).map((one) => one.end()));
});

/** In this process: what is shown here is what it says to BigQuery, not that it can be killed. */
async function startOne(from?: string): Promise<Worker> {
  const [pubsub, writer] = await Promise.all([
    pubsubClient(project),
    storageWriteClient(project, process.env),
  ]);
  const note = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { warn: note, error: note, child: () => logger } as unknown as Logger;
  const bounds = { items: 100, bytes: 1 << 20, millis: 5 };
  const worker = await startWorker(
    {
      version: 'test',
      project,
      dataset: names.datasets.raw,
      deadLetterTopic: names.deadLetterTopic,
      subscriptions: { bigquery: names.subscriptions.bigquery },
      primary: 'bigquery',
      source: 'client',
      ...(from === undefined ? {} : { from }),
      rules: defaultRules,
      batches: { bigquery: bounds, iceberg: bounds },
      icebergWriter: { writer: 'test', epoch: 1, run: 'test' },
    },
    {
      pubsub,
      writer,
      subscriber: () => subscriberClient(project, process.env),
      storage: () => storageClient(project),
      bigquery: () => bigqueryClient(project),
      lakeTables: () => Promise.reject(new Error('no lake here')),
      clock: systemClock,
      // The waits of the retry law are shares of it: a hundredth of two seconds.
      random: () => 0.01,
      log: logger,
    },
  );
  const end = async () => {
    worker.stop();
    await worker.ended;
    writer.close();
    await pubsub.close();
  };
  running.push({ worker, end });
  return worker;
}

async function holds(): Promise<void> {
  await world.settledInTime();
  const verdict = await world.verify();
  expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
}

async function columnsOf(table: keyof typeof tables): Promise<unknown[]> {
  const [{ schema }] = await (await bigqueryClient(project)).dataset('raw').table(table).getMetadata();
  return schema.fields.map(({ name, type, mode }: Record<string, string>) => [
    name,
    type,
    mode ?? 'NULLABLE',
  ]);
}

const inTheContract = (table: keyof typeof tables) =>
  bigquerySchema(tables[table]).map(({ name, type, mode }) => [name, type, mode]);
const failing = (worker: Worker) => worker.figures()[0]?.failing?.code;
const said = (words: string) => lines.filter((line) => line.includes(words));

test('two workers that start against older tables add what is missing, once, and lose nothing', async () => {
  await ask(project, 'ALTER TABLE raw.orders ADD COLUMN colour STRING');
  await world.publish(40);
  await Promise.all([startOne(), startOne()]);
  await holds();
  await vi.waitFor(async () => {
    for (const table of Object.keys(tables) as (keyof typeof tables)[]) {
      const own = table === 'orders' ? [['colour', 'STRING', 'NULLABLE']] : [];
      expect(await columnsOf(table)).toEqual(expect.arrayContaining([...inTheContract(table), ...own]));
      expect(await columnsOf(table)).toHaveLength(inTheContract(table).length + own.length);
    }
  }, 10_000);
  const versions = `SELECT DISTINCT worker_version FROM raw.order_events WHERE occurred_at > TIMESTAMP '1970-01-01'`;
  expect(await ask(project, versions)).toContainEqual({ worker_version: 'test' });
}, 60_000);

test('a column that is dropped while rows flow is there again without a restart', async () => {
  await startOne();
  // The first may be found by the look at the start; the second only by an append that is refused.
  for (const column of ['order_approved_at', 'order_delivered_carrier_date']) {
    lines.splice(0);
    await ask(project, `ALTER TABLE raw.orders DROP COLUMN ${column}`);
    await world.publish(20);
    await holds();
    expect(await columnsOf('orders')).toContainEqual([column, 'TIMESTAMP', 'NULLABLE']);
    expect(said('columns of the contract were added')).toEqual([expect.stringContaining(`["${column}"]`)]);
  }
}, 60_000);

test('a worker that may not add columns says who may, and holds every message until somebody has', async () => {
  world.bigquery.faults.next('bigquery.tables.patch', 1_000, { kind: 'fail', code: 'PERMISSION_DENIED' });
  await ask(project, 'ALTER TABLE raw.orders DROP COLUMN order_approved_at');
  const worker = await startOne();
  await world.publish(20, ({ outcome, order_id: order }) => outcome !== 'dead' && order !== null);
  await until('it says what must be mended', () => failing(worker) === 'SETUP');
  // A worker of the test before may still be looking at another table, and say so too.
  expect(said('Grant roles/bigquery.dataEditor')).toContainEqual(expect.stringContaining('raw.orders'));
  expect(world.backlog.unacked).toBe(20);
  world.bigquery.faults.reset();
  await holds();
}, 60_000);

test('a column of another type is named, and nothing is acknowledged until it is mended', async () => {
  await ask(project, 'ALTER TABLE raw.order_events DROP COLUMN worker_version');
  await ask(project, 'ALTER TABLE raw.order_events ADD COLUMN worker_version INT64');
  const worker = await startOne();
  await until('it is said', () => said('worker_version is INTEGER, expected STRING').length > 0);
  await world.publish(20, ({ outcome }) => outcome !== 'dead');
  await until('it says what must be mended', () => failing(worker) === 'SETUP');
  expect(world.backlog.unacked).toBe(20);
  await ask(project, 'ALTER TABLE raw.order_events DROP COLUMN worker_version');
  await holds();
}, 60_000);

const torn = Buffer.from('{"event_id":"torn-1"');
const letter = 'SELECT event_id, reason, expected, got, attributes, payload FROM raw.dead_letters';
async function letterOf(messageId: string): Promise<unknown> {
  const [found] = await ask(project, `${letter} WHERE message_id = '${messageId}'`);
  return found;
}

/** The table of dead letters anew, with columns that take so many characters only. */
async function lettersAtMost(limits: Readonly<Record<string, number>>): Promise<void> {
  const dataset = (await bigqueryClient(project)).dataset('raw');
  const [{ tableConstraints, clustering, timePartitioning }] = await dataset
    .table('dead_letters')
    .getMetadata();
  const fields = bigquerySchema(tables.dead_letters).map((field) => {
    const most = limits[field.name];
    return most === undefined ? field : { ...field, maxLength: String(most) };
  });
  await dataset.table('dead_letters').delete();
  await dataset.createTable('dead_letters', {
    ...{ tableConstraints, clustering, timePartitioning },
    schema: { fields },
  });
}

test('a dead letter that its table refuses is kept with its bytes and what the table said', async () => {
  await lettersAtMost({ expected: 3 });
  await startOne();
  const messageId = await world.send(torn, { event_id: 'torn-1' });
  await world.settledInTime();
  expect(await letterOf(messageId)).toEqual({
    event_id: 'torn-1',
    reason: 'invalid_json',
    expected: '',
    got: expect.stringContaining('expected'),
    attributes: '{}',
    payload: torn.toString('base64'),
  });
}, 60_000);

test('one that is refused even so is held back while all others are taken, until the table is mended', async () => {
  await lettersAtMost({ got: 3 });
  const worker = await startOne();
  const messageId = await world.send(torn);
  await until('it is held back', () => (worker.figures()[0]?.heldBack ?? 0) > 0);
  expect(said('held back')[0]).toContain(messageId);
  await world.publish(20, ({ outcome }) => outcome !== 'dead');
  await until('all others are taken', () => world.backlog.unacked === 1);
  expect(await letterOf(messageId)).toBeUndefined();
  expect(worker.state).toBe('running');
  await lettersAtMost({});
  await world.settledInTime();
  expect(await letterOf(messageId)).toMatchObject({ payload: torn.toString('base64') });
}, 60_000);

test('what Pub/Sub archived, replayed, changes no row, and is known by the same id, time and attributes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orderlake-archive-'));
  const client = await pubsubClient(project);
  const [archive] = await client.topic(names.topic).createSubscription('archive');
  const messages: Message[] = [];
  archive.on('message', (message) => {
    messages.push(message);
    message.ack();
  });
  await startOne();
  await world.publish(30);
  await world.settledInTime();
  await until('all are archived', () => messages.length === 30);
  const kept = messages.map(({ id, publishTime, attributes, data }) => ({
    subscription_name: 'archive',
    message_id: id,
    publish_time: Math.floor(publishTime.getTime() * 1_000),
    ...{ attributes, data },
  }));
  writeFileSync(join(folder, 'archive.avro'), await archiveOf(kept));
  const history = `FROM raw.order_events WHERE occurred_at > TIMESTAMP '1970-01-01' AND message_id IN
    ('${messages.map(({ id }) => id).join("', '")}')`;
  const seen = () =>
    Promise.all([
      ask(
        project,
        `SELECT DISTINCT event_id, message_id, TO_JSON_STRING(attributes) AS attributes, payload ${history} ORDER BY message_id`,
      ),
      ask(project, 'SELECT order_id, version, order_status FROM raw.orders ORDER BY order_id'),
      ask(
        project,
        'SELECT message_id, reason, TO_JSON_STRING(attributes) AS attributes FROM raw.dead_letters ORDER BY message_id',
      ),
    ]);
  const before = await seen();
  const copies = async () => Number((await ask(project, `SELECT COUNT(*) AS n ${history}`))[0]?.n);
  const once = await copies();
  await (await startOne(join(folder, 'archive.avro'))).ended;
  expect(await copies()).toBe(2 * once);
  expect(await seen()).toEqual(before);
  await client.close();
  rmSync(folder, { recursive: true });
}, 60_000);
