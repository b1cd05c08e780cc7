import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import type { Instant } from '../contracts/index.ts';
import { type Destination, deliver } from './deliver.ts';
import { generate, noDefects, type Publication } from './index.ts';
import { lineOutput } from './line-output.ts';

const epoch = 1_483_326_000_000_000 as Instant;
const some = (orders: number) => generate({ seed: 1, orders, epoch, defects: noDefects, ordersPerDay: 500 });

/** Time that passes only while somebody sleeps. */
function sleeper() {
  let now = 0;
  return {
    now: () => now,
    async sleep(millis: number) {
      now += millis;
    },
  };
}

function noted(clock: { now(): number }) {
  const sent: { at: number; now: number }[] = [];
  const destination: Destination = {
    async send(chunk: readonly Publication[]) {
      for (const { at } of chunk) sent.push({ at, now: clock.now() });
    },
    failed: false,
    get arrived() {
      return sent.length;
    },
    get arrivedThrough() {
      return sent.length;
    },
    async finish() {},
  };
  return { destination, sent };
}

it("history is replayed in compressed time: an hour of the shop's in a second", async () => {
  const clock = sleeper();
  const { destination, sent } = noted(clock);
  await deliver(some(300), destination, { speed: 3_600, clock });
  expect(sent).toHaveLength(300);
  for (const { at, now } of sent) {
    const due = (at - sent[0]!.at) / 1_000 / 3_600;
    expect(now).toBeGreaterThanOrEqual(due);
    // The pace is looked at every 5 ms, and at least once a second.
    expect(now - due).toBeLessThan(1_001);
  }
});

it('a rate is held within 2 % and what was not sent in time is told', async () => {
  const clock = sleeper();
  const { destination } = noted(clock);
  const report = await deliver(some(10_000), destination, { rate: 5_000, clock });
  expect(Math.abs(report.perSecond - 5_000)).toBeLessThan(100);
  expect(report.overruns).toBe(0);
  const stalling = { ...clock, sleep: async () => clock.sleep(500) };
  const late = await deliver(some(2_000), noted(clock).destination, { rate: 1_000, clock: stalling });
  expect(late.overruns).toBeGreaterThan(1_000);
});

it('the pace begins with the first message, however long it takes to open the shop', async () => {
  const clock = sleeper();
  const slow = (function* () {
    clock.sleep(3_000);
    yield* some(10_000);
  })();
  const report = await deliver(slow, noted(clock).destination, { rate: 5_000, clock });
  expect(Math.abs(report.perSecond - 5_000)).toBeLessThan(100);
  expect(report.overruns).toBe(0);
});

it('tells how far it is, by the share of the last message sent', async () => {
  const clock = sleeper();
  const shares: (number | null)[] = [];
  let placed = 0;
  await deliver(some(5_000), noted(clock).destination, {
    rate: 1_000,
    clock,
    shareOf: () => ++placed / 5_000,
    onProgress: ({ share }) => shares.push(share),
  });
  expect(shares.length).toBeGreaterThanOrEqual(4);
  expect(shares).toEqual(shares.toSorted());
  expect(shares[1]).toBeCloseTo(0.4, 1);
});

it('ends without an error when whoever reads the lines goes away', async () => {
  const lines = new PassThrough({ highWaterMark: 1_000 });
  lines.once('data', () => lines.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' })));
  const report = await deliver(some(20_000), lineOutput(lines, true), {});
  expect(report.published).toBeLessThan(20_000);
});

it('waits for a slow reader instead of filling the memory, and loses nothing', async () => {
  let bytes = 0;
  const slow = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      setImmediate(done);
    },
  });
  let longest = 0;
  const watched = (function* () {
    for (const publication of some(3_000)) {
      longest = Math.max(longest, slow.writableLength);
      yield publication;
    }
  })();
  await deliver(watched, lineOutput(slow, false), {});
  const expected = [...some(3_000)].reduce((sum, publication) => sum + publication.bytes.length + 1, 0);
  expect(bytes).toBe(expected);
  // One chunk of 500 messages.
  expect(longest).toBeLessThan(2_000_000);
});
