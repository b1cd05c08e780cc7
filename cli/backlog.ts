import { names } from '../contracts/index.ts';

interface Waiting {
  readonly unacked: number;
}

/**
 * How many messages the worker's subscriptions hold that nobody acknowledged. Asks the embedded Pub/Sub; the
 * real service tells this through Cloud Monitoring only, minutes late.
 */
export async function backlog(sinks: readonly (keyof typeof names.subscriptions)[]): Promise<number> {
  const response = await fetch(`http://${process.env.PUBSUB_EMULATOR_HOST}/_emulator/backlog`);
  const waiting = (await response.json()) as Readonly<Record<string, Waiting>>;
  const endings = sinks.map((sink) => `/subscriptions/${names.subscriptions[sink]}`);
  return Object.entries(waiting)
    .filter(([name]) => endings.some((ending) => name.endsWith(ending)))
    .reduce((sum, [, { unacked }]) => sum + unacked, 0);
}
