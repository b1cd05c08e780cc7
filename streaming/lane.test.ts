import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Instant, Received } from '../contracts/index.ts';
import { InputError, OrderlakeError, TransientError } from '../runtime/index.ts';
import type { DeadLetter } from './dead-letter.ts';
import { Lane, type LaneOptions, type Wiring } from './lane.ts';
import { corrected, dead, drop, ok, type Result } from './result.ts';
import type { Refused, Sink } from './sink.ts';
import type { Delivery, SourceEvents } from './source.ts';

/** Everything a lane does to the world, in order. */
type Effect = string;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const bounds = { items: 2, bytes: 1 << 20, millis: 10 };
const backoff = { firstMillis: 100, longestMillis: 100, attempts: 2 };

function world(primary = true) {
  const effects: Effect[] = [];
  const note = (effect: Effect) => void effects.push(effect);
  let events: SourceEvents | undefined;
  const sink = { answer: async (_batch: readonly string[]): Promise<Refused<string>[]> => [] };
  const grave = { answer: async (): Promise<void> => {} };
  const writing = {
    bounds,
    concurrency: 1,
    transient: backoff,
    setup: backoff,
    clock: {
      now: () => Date.now(),
      sleep: (millis: number) => new Promise<void>((done) => setTimeout(done, millis)),
    },
    random: () => 1,
  };
  const letters: Sink<DeadLetter> = {
    name: 'dead-letters',
    write: async (batch) => {
      await grave.answer();
      note(
        `buried ${batch.map(({ row }) => `${row.event_id}:${row.reason}@${row.step}/${row.sink}`).join(' ')}`,
      );
      return [];
    },
    close: async () => {},
  };
  const options: LaneOptions<string> = {
    name: 'bigquery',
    source: {
      name: 'test',
      open: (to) => (events = to),
      close: async () => note('source closed'),
    },
    judge: (input) => ({ step: 'decodeMessage', result: judge(new TextDecoder().decode(input.bytes)) }),
    eventIdOf: (value) => value,
    sink: {
      name: 'bigquery',
      write: async (batch) => {
        const refused = await sink.answer(batch);
        note(`appended ${batch.filter((one) => !refused.some(({ item }) => item === one)).join(' ')}`);
        return refused;
      },
      close: async () => note('sink closed'),
    },
    writing,
    deadLetters: letters,
    deadLetterWriting: writing,
    primary,
    log: { warn: () => {}, error: () => {} },
    meter: {
      received: () => note('received'),
      judged: ({ kind }) => note(kind),
      committed: (events) => note(`committed ${events}`),
      acknowledged: () => {},
      wrote: () => {},
      retried: (code) => note(`retry after ${code}`),
      gaveUp: () => note('gave up'),
      heldBack: () => note('held back'),
      turnWindow: () => {},
      figures: () => {
        throw new Error('nobody asks here');
      },
    },
    crashed: (error) => note(`crashed: ${error instanceof Error ? error.message : error}`),
  };
  const lane = new Lane(options);
  lane.open();
  const deliver = (text: string) => events!.receive(delivery(text, note));
  return { effects, sink, grave, lane, deliver };
}

function judge(text: string): Result<string> {
  const [kind, id = ''] = text.split(' ');
  if (kind === 'ok') return ok(id);
  if (kind === 'corrected') return corrected(id, []);
  if (kind === 'drop') return drop('not for us');
  return dead({ eventId: id, reason: 'invalid_json', path: '', expected: 'JSON', got: text });
}

function delivery(text: string, note: (effect: Effect) => void): Delivery {
  const message: Received = {
    bytes: new TextEncoder().encode(text),
    attributes: {},
    messageId: `m-${text}`,
    publishedAt: 0 as Instant,
    receivedAt: 0 as Instant,
  };
  return { message, deliveryAttempt: 1, ack: () => note(`ack ${text}`), nack: () => note(`nack ${text}`) };
}

const settle = () => vi.advanceTimersByTimeAsync(1_000);

test('it tells since when it holds the oldest of what is neither written nor buried', async () => {
  const { sink, lane, deliver } = world();
  const answer = Promise.withResolvers<Refused<string>[]>();
  sink.answer = () => answer.promise;
  expect(lane.oldestAt).toBeUndefined();
  const begun = Date.now();
  deliver('ok a');
  await settle();
  deliver('ok b');
  expect(lane.oldestAt).toBe(begun);
  sink.answer = async () => [];
  answer.resolve([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(lane.oldestAt).toBe(begun + 1_000);
  await settle();
  expect(lane.oldestAt).toBeUndefined();
  deliver('dead c');
  expect(lane.oldestAt).toBe(Date.now());
  await settle();
});

test('a good and a corrected message are acknowledged after the append, never before', async () => {
  const { effects, deliver } = world();
  deliver('ok a');
  deliver('corrected b');
  await settle();
  expect(effects).toEqual([
    'received',
    'ok',
    'received',
    'corrected',
    'appended a b',
    'ack ok a',
    'ack corrected b',
    'committed 2',
  ]);
});

test('a lone message does not wait for company longer than the bound', async () => {
  const { effects, deliver } = world();
  deliver('ok a');
  await vi.advanceTimersByTimeAsync(9);
  expect(effects).not.toContain('appended a');
  await vi.advanceTimersByTimeAsync(1);
  expect(effects).toContain('appended a');
});

test('a dead message is acknowledged after its letter is kept', async () => {
  const { effects, deliver } = world();
  deliver('broken x');
  await settle();
  expect(effects).toEqual([
    'received',
    'dead',
    'buried x:invalid_json@decodeMessage/bigquery',
    'ack broken x',
  ]);
});

test('a lane that is not primary counts a dead message and acknowledges it, and keeps no letter', async () => {
  const { effects, deliver } = world(false);
  deliver('broken x');
  await settle();
  expect(effects).toEqual(['received', 'dead', 'ack broken x']);
});

test('a dropped message is acknowledged at once', async () => {
  const { effects, deliver } = world();
  deliver('drop d');
  expect(effects).toEqual(['received', 'drop', 'ack drop d']);
});

test('a row that the sink refuses becomes a dead letter of that sink, the others are acknowledged', async () => {
  const { effects, sink, deliver } = world(false);
  sink.answer = async () => [{ item: 'b', error: new InputError('no such column') }];
  deliver('ok a');
  deliver('ok b');
  await settle();
  expect(effects.slice(4)).toEqual([
    'appended a',
    'ack ok a',
    'dead',
    'committed 1',
    'buried b:refused_by_sink@write/bigquery',
    'ack ok b',
  ]);
});

test('a transient failure is tried again with the same batch and acknowledged once', async () => {
  const { effects, sink, deliver } = world();
  let calls = 0;
  sink.answer = async () => {
    calls++;
    if (calls === 1) throw new TransientError('busy');
    return [];
  };
  deliver('ok a');
  await settle();
  expect(effects).toEqual([
    'received',
    'ok',
    'retry after TRANSIENT',
    'appended a',
    'ack ok a',
    'committed 1',
  ]);
});

test('when retries are used up the messages are refused, not acknowledged', async () => {
  const { effects, sink, deliver } = world();
  sink.answer = async () => Promise.reject(new TransientError('busy'));
  deliver('ok a');
  await settle();
  expect(effects).toEqual(['received', 'ok', 'retry after TRANSIENT', 'gave up', 'nack ok a']);
});

test('a dead letter that cannot be kept holds the acknowledgement back', async () => {
  const { effects, grave, deliver } = world();
  grave.answer = async () => Promise.reject(new TransientError('busy'));
  deliver('broken x');
  await settle();
  expect(effects).not.toContain('ack broken x');
  expect(effects.at(-1)).toBe('nack broken x');
});

test('an error nobody understands crashes and settles nothing', async () => {
  const { effects, sink, deliver } = world();
  sink.answer = async () => Promise.reject(new TypeError('undefined is not a function'));
  deliver('ok a');
  await settle();
  expect(effects).toEqual(['received', 'ok', 'crashed: undefined is not a function']);
});

test('stopping writes what is held, acknowledges it, and only then closes the sink', async () => {
  const { effects, lane, deliver } = world();
  deliver('ok a');
  deliver('broken x');
  const stopped = lane.stop();
  await settle();
  await stopped;
  expect(effects.slice(4)).toEqual([
    'source closed',
    'appended a',
    'ack ok a',
    'committed 1',
    'buried x:invalid_json@decodeMessage/bigquery',
    'ack broken x',
    'sink closed',
  ]);
});

test('a wiring that forgets an outcome does not compile', () => {
  const handler = () => {};
  // @ts-expect-error dead is not wired
  const wiring: Wiring<string> = { ok: handler, corrected: handler, drop: handler };
  expect(Object.keys(wiring)).toHaveLength(3);
  expect(new TransientError('x')).toBeInstanceOf(OrderlakeError);
});
