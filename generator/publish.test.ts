import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PubSub } from '@google-cloud/pubsub';
import { afterAll, describe, expect, it } from 'vitest';
import type { Instant } from '../contracts/index.ts';
import { generate, noDefects } from './index.ts';
import { publish } from './publish.ts';

const folder = mkdtempSync(join(tmpdir(), 'publish-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const epoch = 1_483_326_000_000_000 as Instant;
const some = (orders: number) =>
  generate({ seed: 1, orders, epoch, defects: noDefects, streams: ['orders'] });

/** The two methods of the client that are used, with the test's answer to each message. */
function clientThat(answer: (eventId: string) => Promise<string>): PubSub {
  const topic = {
    publishMessage: ({ attributes }: { attributes: { event_id: string } }) => answer(attributes.event_id),
    flush: async () => undefined,
  };
  return { topic: () => topic } as unknown as PubSub;
}

describe('publishing', () => {
  it('writes the ledger line of a message before the message is sent', async () => {
    const ledger = join(folder, 'before.jsonl');
    const missing: string[] = [];
    const client = clientThat(async (id) => {
      if (!readFileSync(ledger, 'utf8').includes(id)) missing.push(id);
      return 'id';
    });
    const report = await publish(some(50), { client, topic: 't', ledger });
    expect(report.published).toBe(50);
    expect(missing).toEqual([]);
  });

  it('never has more on its way than the bound, and waits for the last one', async () => {
    const waiting: ((id: string) => void)[] = [];
    let most = 0;
    const landAll = () => {
      for (const land of waiting.splice(0)) land('id');
    };
    const client = clientThat(
      () =>
        new Promise((resolve) => {
          waiting.push(resolve);
          most = Math.max(most, waiting.length);
          if (waiting.length === 1) setImmediate(landAll);
        }),
    );
    const [one] = some(1);
    const report = await publish(Array(12_000).fill(one), { client, topic: 't' });
    expect(report.published).toBe(12_000);
    expect(most).toBeLessThanOrEqual(10_500);
  });

  it('lets the first messages go out while it makes the others', async () => {
    let asked = 0;
    let askedWhenOut: number | undefined;
    const client = clientThat(async () => {
      asked++;
      setImmediate(() => (askedWhenOut ??= asked));
      return 'id';
    });
    const [one] = some(1);
    await publish(Array(5_000).fill(one), { client, topic: 't' });
    expect(askedWhenOut).toBe(500);
  });

  it('stops at an abort and reports what was sent', async () => {
    const abort = new AbortController();
    let sent = 0;
    const client = clientThat(async () => {
      if (++sent === 600) abort.abort();
      return 'id';
    });
    const report = await publish(some(Number.POSITIVE_INFINITY), {
      client,
      topic: 't',
      signal: abort.signal,
    });
    expect(report.published).toBe(1_000);
  });

  it('sends the history at once and keeps to its rate after that', async () => {
    const abort = new AbortController();
    const times: number[] = [];
    let now = 0;
    const clock = {
      now: () => now,
      sleep: async (millis: number) => {
        now += millis;
        if (now > 2_000) abort.abort();
      },
    };
    const client = clientThat(async () => {
      times.push(now);
      return 'id';
    });
    const options = { client, topic: 't', signal: abort.signal, clock, rate: 100, history: 1_200 };
    await publish(some(Number.POSITIVE_INFINITY), options);
    expect(times.filter((time) => time === 0)).toHaveLength(1_200);
    expect(times.length - 1_200).toBeGreaterThan(180);
    expect(times.length - 1_200).toBeLessThan(220);
  });

  it.each([
    [5, 'SETUP', 'Create it'],
    [14, 'TRANSIENT', 'failed'],
  ])('ends with an error that says what to do when the service answers %i', async (code, ours, text) => {
    const client = clientThat(() => Promise.reject(Object.assign(new Error('no'), { code })));
    await expect(publish(some(5), { client, topic: 'orders' })).rejects.toMatchObject({
      code: ours,
      message: expect.stringContaining(text),
    });
  });
});
