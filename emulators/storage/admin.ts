import type { Command, View } from '../frame/admin.ts';
import type { Clock } from '../frame/clock.ts';
import type { Faults } from '../frame/faults.ts';
import { invalid } from '../frame/service-error.ts';
import type { Catalog } from './catalog.ts';
import { objectResource } from './resources.ts';
import type { Sessions } from './sessions.ts';

interface Parts {
  readonly catalog: Catalog;
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly clock: Clock;
}

/** What `GET /_emulator/…` tells. */
export function viewsOf({ catalog, sessions }: Parts, origin: () => string): Readonly<Record<string, View>> {
  return {
    state: () => ({
      buckets: catalog.buckets.map(({ record, names }) => ({ ...record, names: names.size })),
      objects: catalog.records.map((record) => objectResource(record, origin())),
      uploads: sessions.open.map(({ id, intent, persisted }) => ({ id, ...intent, persisted })),
    }),
  };
}

/** What `POST /_emulator/…` does besides faults and pauses. */
export function commandsOf(parts: Parts): Readonly<Record<string, Command>> {
  return {
    reset: async () => {
      await reset(parts);
      return {};
    },
    clock({ advanceMilliseconds }) {
      const { clock } = parts;
      if (typeof advanceMilliseconds !== 'number' || !(advanceMilliseconds >= 0)) {
        throw invalid('Expected "advanceMilliseconds": a number from 0.');
      }
      if (!isDriven(clock)) throw invalid('The clock of this emulator cannot be driven.');
      clock.advance(advanceMilliseconds);
      return { now: new Date(clock.now()).toISOString() };
    },
  };
}

/** As if newly started on an empty folder. */
export async function reset({ catalog, sessions, faults }: Parts): Promise<void> {
  faults.reset();
  await sessions.cancelAll();
  catalog.clear();
}

function isDriven(clock: Clock): clock is Clock & { advance(milliseconds: number): void } {
  return 'advance' in clock;
}
