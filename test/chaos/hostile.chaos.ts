import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../cli/bigquery.ts';
import type { Child } from '../../cli/child.ts';
import { findLetters, replayLetters } from '../../cli/dead-letters.ts';
import type { WorkerLine } from '../../cli/run-worker.ts';
import { exampleOrder, names } from '../../contracts/index.ts';
import { project, SmallWorld, until } from './small-world.ts';

let world: SmallWorld;
let worker: Child;
beforeAll(async () => {
  world = await SmallWorld.start({ seed: 5 });
  worker = world.startWorker();
  await worker.firstLine();
});
afterAll(async () => {
  worker.kill('SIGTERM');
  const end = await worker.ended;
  await world.stop();
  expect(end).toEqual({ code: 0, signal: null });
});

const text = (value: string) => new TextEncoder().encode(value);
const order = (changes: object) => text(JSON.stringify({ ...exampleOrder, ...changes }));
const manyAttributes = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, value]));

/** Ids are nobody's business: these are good. */
const oddIds = ["x'; DROP TABLE orders; --", '\u0000\u0001\u001b[2J\u202e'];

/** What nobody sends by mistake. */
const hostile: readonly [string, Uint8Array, Record<string, string>?][] = [
  ['nothing but attributes', new Uint8Array(0), { a: 'b' }],
  ['a byte order mark alone', new Uint8Array([0xef, 0xbb, 0xbf])],
  ['bytes that are no text', new Uint8Array([0xc3, 0x28, 0xff, 0xfe, 0x00])],
  ['a lone surrogate', text('{"event_id":"\\ud800"}')],
  ['a number beyond all numbers', text('{"event_id":"huge","version":1e400}')],
  ['depth ten thousand', text('['.repeat(10_000) + ']'.repeat(10_000))],
  ['depth ten thousand, never closed', text('{"a":'.repeat(10_000))],
  ['the prototype of everything', text('{"__proto__":{"event_id":"x"},"constructor":{"prototype":{}}}')],
  ['the same key a thousand times', text(`{${'"event_id":"again",'.repeat(1_000)}"event_id":"again"}`)],
  ['a hundred thousand keys', text(`{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}`)],
  ['an id of a megabyte', order({ event_id: 'x'.repeat(1_000_000) })],
  ['a text of nine megabytes', text(`"${'x'.repeat(9_000_000)}"`)],
  ['as much as Pub/Sub takes', text('x'.repeat(9_990_000))],
  ['a hundred attributes', text('{}'), manyAttributes(100, 'x')],
  ['a hundred attributes as long as may be', text('{}'), manyAttributes(100, 'é'.repeat(512))],
  ['attributes named as ours', text('{}'), { dead_reason: 'none', event_id: 'forged', replay_of: 'nobody' }],
  ['an attribute with half a character', text('{}'), { a: `${'x'.repeat(255)}😀` }],
];

test('each hostile message is acknowledged, after a letter with its bytes and a reason is kept', async () => {
  const ids = await Promise.all(hostile.map(([, bytes, attributes]) => world.send(bytes, attributes)));
  await until('all are acknowledged', () => world.backlog.unacked === 0, 20_000);
  const letters = new Map((await findLetters(project, {})).map((letter) => [letter.messageId, letter]));
  const taken = hostile.filter((_, index) => !letters.has(ids[index] ?? '')).map(([name]) => name);
  expect(taken).toEqual([]);
  for (const [index, [name, bytes]] of hostile.entries()) {
    const letter = letters.get(ids[index] ?? '');
    expect(letter?.reason, name).toMatch(/^[a-z_0-9]+$/);
    expect(letter?.payload.equals(Buffer.from(bytes)), `${name}: the bytes`).toBe(true);
    expect(letter?.got.length, name).toBeLessThanOrEqual(200);
  }
});

test('ids that mean something elsewhere are ids, to the last character', async () => {
  for (const event_id of oddIds) await world.send(order({ event_id }));
  await world.settled();
  const rows = await ask(
    project,
    "SELECT event_id FROM raw.order_events WHERE occurred_at > TIMESTAMP '1970-01-01'",
  );
  expect(rows.map(({ event_id }) => event_id).toSorted()).toEqual(oddIds.toSorted());
});

test('the topic of the dead letters has heard of each of them', async () => {
  const told = world.pubsub.backlog(`projects/${project}/subscriptions/${names.deadLetterSubscription}`);
  expect(told.unacked).toBe(hostile.length);
});

test('the worker is the same one, and works on', async () => {
  await world.publish(30);
  await world.settled();
  const verdict = await world.verify();
  const missing = verdict.comparisons.flatMap((one) => [...one.missing, ...one.different, ...one.twice]);
  expect(missing, verdict.lines.join('\n')).toEqual([]);
  await until('its figures are told', () => latest().lanes[0]?.refused === 0);
  expect(latest().rssMb).toBeLessThan(600);
});

test('replayed as they are, they are dead again and none is lost', async () => {
  const selection = { reason: 'missing_field' };
  const before = await findLetters(project, selection);
  expect(before.length).toBeGreaterThan(3);
  await replayLetters(project, { selection, dryRun: false, rate: undefined });
  await until('all are acknowledged', () => world.backlog.unacked === 0, 20_000);
  expect(await findLetters(project, selection)).toHaveLength(2 * before.length);
});

const latest = () => worker.latest as WorkerLine;
