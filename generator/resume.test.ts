import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Instant } from '../contracts/index.ts';
import { defaultDefects } from './defects.ts';
import { type Destination, deliver } from './deliver.ts';
import { generate, type Publication } from './generate.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderlake-resume-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const shop = (orders: number): readonly Publication[] => [
  ...generate({ seed: 7, epoch: 1_483_322_400_000_000 as Instant, defects: defaultDefects, orders }),
];

/** Takes so many messages, of which the last few are on their way when the process dies. */
function dying(received: string[], takes: number, onTheWay: number): Destination {
  let taken = 0;
  return {
    async send(chunk) {
      for (const { ledger } of chunk) {
        if (++taken > takes) throw new Error('killed');
        if (taken <= takes - onTheWay) received.push(ledger.event_id);
      }
    },
    failed: false,
    get arrived() {
      return Math.min(taken, takes - onTheWay);
    },
    get arrivedThrough() {
      return Math.max(0, Math.min(taken, takes - onTheWay));
    },
    finish: async () => {},
  };
}

function living(received: string[]): Destination {
  return dying(received, Number.POSITIVE_INFINITY, 0);
}

test('a run that was killed anywhere goes on: nothing is missing, and everything is told once', async () => {
  const whole = shop(900);
  const ids = whole.map(({ ledger }) => ledger.event_id);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.nat(700), fc.nat(1_000_000), async (takes, onTheWay, file) => {
      const ledger = join(directory, `${file}-${takes}-${onTheWay}.jsonl`);
      const received: string[] = [];
      const first = deliver(whole, dying(received, takes, onTheWay), { ledger, resume: true });
      await first.catch(() => undefined);
      await deliver(whole, living(received), { ledger, resume: true });
      expect(new Set(received)).toEqual(new Set(ids));
      const told = readFileSync(ledger, 'utf8').trimEnd().split('\n');
      expect(told.map((line) => JSON.parse(line).event_id)).toEqual(ids);
    }),
    { numRuns: 15 },
  );
});

test('a run that came to its end sends nothing when it is asked to go on', async () => {
  const ledger = join(directory, 'ledger.jsonl');
  await deliver(shop(200), living([]), { ledger, resume: true });
  const received: string[] = [];
  await deliver(shop(200), living(received), { ledger, resume: true });
  expect(received).toEqual([]);
});
