import type { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../cli/bigquery.ts';
import { names } from '../../contracts/index.ts';
import { pubsubClient } from '../../runtime/google-clients.ts';
import { Keeper } from './keeper.ts';
import { project, SmallWorld } from './small-world.ts';

const messages = 150;

describe.each(['client', 'raw'])('a worker that reads by "%s"', (source) => {
  let world: SmallWorld;
  let keeper: Keeper;
  let client: PubSub;
  beforeAll(async () => {
    world = await SmallWorld.start({ seed: 11 });
    client = await pubsubClient(project);
    keeper = new Keeper(world, 1, ['--source', source]);
    await keeper.newest.firstLine();
  });
  afterAll(async () => {
    const ends = await keeper.close();
    await client.close();
    await world.stop();
    expect(ends).toEqual([{ code: 0, signal: null }]);
  });

  const subscription = () => client.subscription(names.subscriptions.bigquery);

  test('wound back to the beginning, everything comes again and nothing changes', async () => {
    await world.publish(messages);
    await world.settled();
    const before = await everything();
    await subscription().seek(new Date(Date.now() - 3_600_000));
    expect(world.backlog.unacked).toBe(messages);
    await world.settled();
    expect(await everything()).toEqual(before);
    const verdict = await world.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
  });

  test('wound back while it works, new messages are not taken for old ones', async () => {
    await world.publish(messages);
    await subscription().seek(new Date(Date.now() - 3_600_000));
    await world.publish(messages);
    await world.settledInTime();
    const verdict = await world.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
  });

  test('deleted and made again under its feet, it goes on by itself', async () => {
    const worker = keeper.newest;
    await world.publish(messages);
    await world.settled();
    await subscription().delete();
    await world.makeTables();
    await world.publish(messages);
    await world.settledInTime();
    const verdict = await world.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    expect(keeper.newest).toBe(worker);
  });
});

/** The tables whose rows are upserted, to the last cell but when the letter's message was received last. */
async function everything(): Promise<unknown> {
  const tables = ['orders', 'order_items', 'order_payments', 'customers', 'products', 'sellers'];
  const rows = (table: string) =>
    ask(project, `SELECT TO_JSON_STRING(t) AS row FROM raw.${table} AS t ORDER BY 1`);
  const dead = ask(project, 'SELECT message_id, sink, reason, event_id FROM raw.dead_letters ORDER BY 1, 2');
  return Promise.all([...tables.map(rows), dead]);
}
