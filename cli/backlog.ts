import { names } from '../contracts/index.ts';

interface Waiting {
  readonly unacked: number;
}

type Sink = keyof typeof names.subscriptions;

/**
 * How many messages the worker's subscriptions hold that nobody acknowledged, by sink. Asks the embedded Pub/Sub;
 * the real service tells this through Cloud Monitoring only, minutes late.
 */
export async function backlogs(sinks: readonly Sink[]): Promise<Partial<Record<Sink, number>>> {
  const response = await fetch(`http://${process.env.PUBSUB_EMULATOR_HOST}/_emulator/backlog`);
  const waiting = Object.entries((await response.json()) as Readonly<Record<string, Waiting>>);
  const waitingOf = (sink: Sink) =>
    waiting.find(([name]) => name.endsWith(`/subscriptions/${names.subscriptions[sink]}`))?.[1].unacked ?? 0;
  return Object.fromEntries(sinks.map((sink) => [sink, waitingOf(sink)]));
}

/** The same, of all of them together. */
export async function backlog(sinks: readonly Sink[]): Promise<number> {
  return Object.values(await backlogs(sinks)).reduce((sum, unacked) => sum + unacked, 0);
}
