import type { PubSub } from '@google-cloud/pubsub';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultRules, exampleOrder, type Instant, type Received } from '../contracts/index.ts';
import { OrderlakeError } from '../runtime/index.ts';
import { Lane } from './lane.ts';
import { laneMeter } from './meter.ts';
import { bigquerySink } from './sinks/bigquery.ts';
import { deadLetterSink } from './sinks/dead-letters.ts';
import type { SourceEvents } from './source.ts';
import { inSequence } from './step.ts';
import { createDecodeStep } from './steps/decode.ts';
import { createEncodeStep, type Encoded } from './steps/encode.ts';
import { type Answer, type Append, status, taken, writeService } from './testing/write-service.ts';
import { Worker } from './worker.ts';

/**
 * The lane as it is deployed, from the message to the acknowledgement, in virtual time: only the three wires are
 * replaced. A gathering lasts 10 ms, an answer of BigQuery 20 ms, one of Pub/Sub 5 ms. Each effect is noted with the
 * millisecond at which it happens, so that a vector says what happens, in which order, and after what waiting.
 */
const gatherMillis = 10;
const answerMillis = 20;
const publishMillis = 5;
/** With a backoff of 100 ms and this, the waits are 50, 100, 200 … ms. */
const chance = 0.5;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const later = (millis: number) => new Promise<void>((done) => setTimeout(done, millis));
const clock = {
  now: () => Date.now(),
  sleep: (millis: number, signal?: AbortSignal) =>
    new Promise<void>((done) => {
      if (signal?.aborted) return done();
      const timer = setTimeout(done, millis);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    }),
};

async function world(answer: (append: Append) => Answer = () => taken) {
  const begun = Date.now();
  const effects: string[] = [];
  const note = (effect: string) => void effects.push(`${Date.now() - begun} ${effect}`);
  const place = { project: 'p', dataset: 'raw' };
  const { client } = writeService(async (append) => {
    note(`append ${append.rows.length} to ${append.table}`);
    const reply = answer(append);
    if (reply !== 'never') await later(answerMillis);
    return reply;
  });
  const topic = {
    name: 'letters',
    publishMessage: async ({ attributes }: { attributes: Record<string, string> }) => {
      note(`publish ${attributes.dead_reason} at ${attributes.dead_sink}`);
      await later(publishMillis);
    },
  };
  const pubsub = { topic: () => topic } as unknown as PubSub;
  const meter = laneMeter('bigquery', clock);
  const judge = inSequence(createDecodeStep(defaultRules), createEncodeStep('test'));
  const writing = {
    bounds: { items: 500, bytes: 1 << 20, millis: gatherMillis },
    concurrency: 1,
    transient: { firstMillis: 100, longestMillis: 10_000, attempts: 8 },
    setup: { firstMillis: 2_000, longestMillis: 60_000, attempts: Number.POSITIVE_INFINITY },
    clock,
    random: () => chance,
  };
  let events: SourceEvents | undefined;
  const held = new Set<string>();
  const emptied = Promise.withResolvers<void>();
  const settle = (id: string, how: string) => {
    note(`${how} ${id}`);
    held.delete(id);
    if (held.size === 0) emptied.resolve();
  };
  const deadLetters = await deadLetterSink({ writer: client, pubsub }, { ...place, topic: 'letters' });
  const lane = new Lane<Encoded>({
    name: 'bigquery',
    source: {
      name: 'test',
      open: (to) => (events = to),
      close() {
        note('no more is pulled');
        return held.size === 0 ? Promise.resolve() : emptied.promise;
      },
    },
    judge: (input, message) => judge(input, message),
    eventIdOf: ({ eventId }) => eventId,
    sink: await bigquerySink(client, place),
    writing,
    deadLetters,
    deadLetterWriting: writing,
    primary: true,
    meter: {
      ...meter,
      judged(result) {
        meter.judged(result);
        note(result.kind === 'dead' ? `dead: ${result.death.reason}` : result.kind);
      },
      committed(count) {
        meter.committed(count);
        note(`metric: ${count} committed`);
      },
      acknowledged(publishedAt) {
        meter.acknowledged(publishedAt);
        note(`metric: acknowledged after ${Date.now() - publishedAt / 1_000} ms`);
      },
      retried(code, wait, into) {
        meter.retried(code, wait, into);
        note(`metric: ${code}, again in ${wait} ms`);
      },
      heldBack() {
        meter.heldBack();
        note('metric: held back');
      },
      gaveUp(error, count) {
        meter.gaveUp(error, count);
        note(`metric: ${count} given up`);
      },
    },
    log: { warn: () => {}, error: () => {} },
    crashed: (error) => worker.crash(error),
  });
  const worker = new Worker({
    lanes: [lane],
    figures: () => [meter.figures()],
    turnWindow: () => {},
    close: () => deadLetters.close(),
    clock,
  });
  worker.ended.then(
    () => note('ended'),
    (error: unknown) => note(`crashed: ${error instanceof OrderlakeError ? error.code : error}`),
  );
  const deliver = (id: string, body: string, deliveryAttempt = 1) => {
    note(`received ${id}`);
    held.add(id);
    const message: Received = {
      bytes: new TextEncoder().encode(body),
      attributes: {},
      messageId: id,
      publishedAt: (Date.now() * 1_000) as Instant,
      receivedAt: (Date.now() * 1_000) as Instant,
    };
    const [ack, nack] = [() => settle(id, 'ack'), () => settle(id, 'nack')];
    events?.receive({ message, deliveryAttempt, ack, nack });
  };
  return { effects, deliver, worker, meter };
}

const good = JSON.stringify(exampleOrder);
const shouted = JSON.stringify({
  ...exampleOrder,
  order: { ...exampleOrder.order, order_status: 'CREATED' },
});
const torn = good.slice(0, 100);
const appended = (at: number) => [
  `${at} append 1 to orders`,
  `${at} append 1 to order_items`,
  `${at} append 2 to order_payments`,
  `${at} append 1 to order_events`,
];
const passTime = (millis = 1_000) => vi.advanceTimersByTimeAsync(millis);

test('good: decoded, appended to its tables, acknowledged when the last of them answered', async () => {
  const { effects, deliver, meter } = await world();
  deliver('m1', good);
  await passTime();
  expect(effects).toEqual([
    '0 received m1',
    '0 ok',
    ...appended(10),
    '30 ack m1',
    '30 metric: acknowledged after 30 ms',
    '30 metric: 1 committed',
  ]);
  expect(meter.figures()).toMatchObject({ received: 1, ok: 1, committed: 1, acknowledged: 1, retries: 0 });
});

test('one table that answers late holds the acknowledgement back', async () => {
  let answered: (reply: Answer) => void = () => {};
  const late = new Promise<Answer>((done) => (answered = done));
  const { effects, deliver } = await world(({ table }) =>
    table === 'order_items' ? (late as unknown as Answer) : taken,
  );
  deliver('m1', good);
  await passTime(500);
  expect(effects.some((effect) => effect.includes('ack'))).toBe(false);
  answered(taken);
  await passTime(0);
  expect(effects.at(-1)).toBe('500 metric: 1 committed');
});

test('corrected: the same way, and counted as such', async () => {
  const { effects, deliver, meter } = await world();
  deliver('m1', shouted);
  await passTime();
  expect(effects).toEqual([
    '0 received m1',
    '0 corrected',
    ...appended(10),
    '30 ack m1',
    '30 metric: acknowledged after 30 ms',
    '30 metric: 1 committed',
  ]);
  expect(meter.figures()).toMatchObject({ ok: 0, corrected: 1 });
});

test('dead: the letter is in the table, then in the topic, then the message is acknowledged', async () => {
  const { effects, deliver, meter } = await world();
  deliver('m1', torn);
  await passTime();
  expect(effects).toEqual([
    '0 received m1',
    '0 dead: invalid_json',
    '10 append 1 to dead_letters',
    '30 publish invalid_json at bigquery',
    '35 ack m1',
    '35 metric: acknowledged after 35 ms',
  ]);
  expect(meter.figures()).toMatchObject({ dead: { invalid_json: 1 }, committed: 0, acknowledged: 1 });
});

test('dead, and the table of letters is away: no alert, no acknowledgement, until the letter is kept', async () => {
  const { effects, deliver } = await world(({ request }) => (request === 1 ? status(14) : taken));
  deliver('m1', torn);
  await passTime();
  expect(effects.slice(2)).toEqual([
    '10 append 1 to dead_letters',
    '30 metric: TRANSIENT, again in 50 ms',
    '80 append 1 to dead_letters',
    '100 publish invalid_json at bigquery',
    '105 ack m1',
    '105 metric: acknowledged after 105 ms',
  ]);
});

test('while letters cannot be kept the lane is failing, however many good messages it writes', async () => {
  const { deliver, meter } = await world(({ table }) => (table === 'dead_letters' ? status(5) : taken));
  deliver('m1', torn);
  await passTime(500);
  deliver('m2', good);
  await passTime(500);
  expect(meter.figures()).toMatchObject({ committed: 1, failing: { code: 'SETUP' } });
  vi.clearAllTimers();
});

test('retried: one table fails, all are sent again, and the message is acknowledged once', async () => {
  const { effects, deliver, meter } = await world(({ request }) => (request === 2 ? status(14) : taken));
  deliver('m1', good);
  await passTime();
  expect(effects.slice(2)).toEqual([
    ...appended(10),
    '30 metric: TRANSIENT, again in 50 ms',
    ...appended(80),
    '100 ack m1',
    '100 metric: acknowledged after 100 ms',
    '100 metric: 1 committed',
  ]);
  expect(meter.figures()).toMatchObject({ retries: 1, failing: null, acknowledged: 1 });
});

test('what a person must mend is waited for long and without end, and then goes on', async () => {
  const { effects, deliver } = await world(({ request }) => (request <= 8 ? status(5) : taken));
  deliver('m1', good);
  await passTime(5_000);
  expect(effects.slice(2)).toEqual([
    ...appended(10),
    '30 metric: SETUP, again in 1000 ms',
    ...appended(1_030),
    '1050 metric: SETUP, again in 2000 ms',
    ...appended(3_050),
    '3070 ack m1',
    '3070 metric: acknowledged after 3070 ms',
    '3070 metric: 1 committed',
  ]);
});

test('an answer that never comes is waited for half a minute, and what it was for is sent again', async () => {
  const { effects, deliver } = await world(({ request }) => (request === 1 ? 'never' : taken));
  deliver('m1', good);
  await passTime(40_000);
  expect(effects.slice(2)).toEqual([
    ...appended(10),
    '30010 metric: TRANSIENT, again in 50 ms',
    ...appended(30_060),
    '30080 ack m1',
    '30080 metric: acknowledged after 30080 ms',
    '30080 metric: 1 committed',
  ]);
});

test('retries used up: given back, never acknowledged, and taken when it comes again', async () => {
  // Eight tries of four tables each.
  const { effects, deliver, meter } = await world(({ request }) => (request <= 32 ? status(14) : taken));
  deliver('m1', good);
  // Waits of 50 · (1 + 2 + 4 + … + 64), and of 20 for each answer.
  const end = 10 + 8 * answerMillis + 50 * 127;
  await passTime(end);
  expect(effects.slice(-2)).toEqual([`${end} metric: 1 given up`, `${end} nack m1`]);
  expect(effects.filter((effect) => effect.includes(' ack '))).toEqual([]);
  deliver('m1', good, 2);
  await passTime();
  expect(effects.slice(-3)).toEqual([
    `${end + 30} ack m1`,
    `${end + 30} metric: acknowledged after 30 ms`,
    `${end + 30} metric: 1 committed`,
  ]);
  expect(meter.figures()).toMatchObject({ refused: 1, retries: 7, acknowledged: 1 });
});

test('refused by one table: a letter of the sink with its words, and only then the acknowledgement', async () => {
  const { effects, deliver } = await world(({ table }) =>
    table === 'orders' ? { rowErrors: [{ index: 0, message: 'too long' }] } : taken,
  );
  deliver('m1', good);
  await passTime();
  expect(effects.slice(2)).toEqual([
    ...appended(10),
    '30 dead: refused_by_sink',
    '30 metric: 0 committed',
    '40 append 1 to dead_letters',
    '60 publish refused_by_sink at bigquery',
    '65 ack m1',
    '65 metric: acknowledged after 65 ms',
  ]);
});

test('a letter that its table refuses is written once more with what cannot be wrong with it, bytes and key', async () => {
  let letters = 0;
  const { effects, deliver, meter } = await world(({ table }) =>
    table === 'dead_letters' && ++letters === 1 ? { rowErrors: [{ index: 0, message: 'too long' }] } : taken,
  );
  deliver('m1', torn);
  await passTime();
  expect(effects.slice(2)).toEqual([
    '10 append 1 to dead_letters',
    '30 append 1 to dead_letters',
    '50 publish invalid_json at bigquery',
    '55 ack m1',
    '55 metric: acknowledged after 55 ms',
  ]);
  expect(meter.figures()).toMatchObject({ heldBack: 0, heldBackAt: null });
});

test('a letter that its table refuses even so is announced and held back, and everything else goes on', async () => {
  const refused = { rowErrors: [{ index: 0, message: 'too long' }] };
  let letters = 0;
  const { effects, deliver, meter } = await world(({ table, rows }) => {
    if (table !== 'dead_letters') return taken;
    return ++letters <= 3 && rows.length > 0 ? refused : taken;
  });
  deliver('m1', torn);
  await passTime(5);
  deliver('m2', good);
  await passTime();
  expect(effects.slice(2)).toEqual([
    '5 received m2',
    '5 ok',
    '10 append 1 to dead_letters',
    ...appended(15),
    '30 append 1 to dead_letters',
    '35 ack m2',
    '35 metric: acknowledged after 30 ms',
    '35 metric: 1 committed',
    '50 publish invalid_json at bigquery',
    '55 metric: held back',
    '55 nack m1',
  ]);
  expect(meter.figures()).toMatchObject({ heldBack: 1, acknowledged: 1 });
  deliver('m1', torn, 2);
  await passTime();
  // The third refusal is of the whole letter; with as little as it can be, it is taken now.
  expect(effects.at(-2)).toMatch(/ack m1$/);
});

test('shut down: what is held is written at once, letters too, and everything is acknowledged', async () => {
  const { effects, deliver, worker } = await world();
  deliver('m1', good);
  deliver('m2', torn);
  await passTime(4);
  worker.stop();
  await passTime();
  expect(effects).toEqual([
    '0 received m1',
    '0 ok',
    '0 received m2',
    '0 dead: invalid_json',
    '4 no more is pulled',
    ...appended(4),
    '10 append 1 to dead_letters',
    '24 ack m1',
    '24 metric: acknowledged after 24 ms',
    '24 metric: 1 committed',
    '30 publish invalid_json at bigquery',
    '35 ack m2',
    '35 metric: acknowledged after 35 ms',
    '35 ended',
  ]);
});

test('shut down while writes fail: after six seconds a last try, then what is held is given back, and the worker ends', async () => {
  const { effects, deliver, worker } = await world(() => status(14));
  deliver('m1', good);
  await passTime(4);
  worker.stop();
  await passTime(10_000);
  expect(effects.slice(-7)).toEqual([
    ...appended(6_004),
    '6024 metric: 1 given up',
    '6024 nack m1',
    '6024 ended',
  ]);
  expect(effects.filter((effect) => effect.includes(' ack '))).toEqual([]);
});

test('shut down while nothing answers: after eight seconds it leaves, and nothing is acknowledged', async () => {
  const { effects, deliver, worker } = await world(() => 'never');
  deliver('m1', good);
  deliver('m2', good);
  await passTime(4);
  worker.stop();
  await passTime(7_000);
  expect(worker.unsettled).toBe(2);
  await passTime(3_000);
  expect(effects.slice(4)).toEqual([
    '4 no more is pulled',
    '4 append 2 to orders',
    '4 append 2 to order_items',
    '4 append 4 to order_payments',
    '4 append 2 to order_events',
    '8004 crashed: TRANSIENT',
  ]);
  await passTime(60_000);
  expect(effects.filter((effect) => effect.includes(' ack '))).toEqual([]);
});

test('not understood: the worker crashes at once, and settles nothing', async () => {
  const { effects, deliver } = await world(() => status(6));
  deliver('m1', good);
  await passTime();
  expect(effects.slice(2)).toEqual([...appended(10), '30 crashed: DEFECT']);
});
