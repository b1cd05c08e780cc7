import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tables } from '../../contracts/index.ts';
import { SetupError, TransientError } from '../../runtime/index.ts';
import type { RowRun } from '../row-run.ts';
import { type Answer, status, taken, writeService } from '../testing/write-service.ts';
import { openTableStream } from './table-stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function service(answer: (rows: readonly string[], request: number) => Answer) {
  const { client, appends } = writeService(({ rows, request }) => answer(rows.map(textOf), request));
  const stream = openTableStream(
    client,
    tables.orders,
    { project: 'p', dataset: 'raw' },
    { patienceMillis: 1_000 },
  );
  const append = async (rows: readonly string[]) => (await stream).append(rows.map(runOf));
  return { appends, append };
}

/** A row of less than 128 bytes, as a request holds it. */
function runOf(text: string): RowRun {
  const bytes = new TextEncoder().encode(text);
  return { slab: Uint8Array.of(0x0a, bytes.length, ...bytes), from: 0, to: bytes.length + 2 };
}

const textOf = (row: Uint8Array) => new TextDecoder().decode(row);
const refused = () => status(3, '3 INVALID_ARGUMENT: the request is malformed');
const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));

test('a row that the reply names is refused with its words, and the others are sent again without it', async () => {
  const { appends, append } = service((rows) =>
    rows.includes('b') ? { rowErrors: [{ index: rows.indexOf('b'), message: 'too long' }] } : taken,
  );
  const refusals = await append(['a', 'b', 'c']);
  expect(refusals.map(({ index, error }) => [index, error.got])).toEqual([[1, 'too long']]);
  expect(appends.map(({ rows }) => rows.map(textOf).join(''))).toEqual(['abc', 'ac']);
});

test('one bad row of 500 that nobody names is found within 19 requests, and no other is refused', async () => {
  for (const bad of ['0', '137', '499']) {
    const { appends, append } = service((rows) => (rows.includes(bad) ? refused() : taken));
    const refusals = await append(numbered(500));
    expect(refusals.map(({ index, error }) => [index, error.retriable])).toEqual([[Number(bad), false]]);
    expect(appends.length).toBeLessThanOrEqual(19);
  }
});

test('several bad rows that nobody names are all found', async () => {
  const bad = ['3', '4', '77'];
  const { append } = service((rows) => (rows.some((row) => bad.includes(row)) ? refused() : taken));
  expect((await append(numbered(100))).map(({ index }) => index)).toEqual([3, 4, 77]);
});

test('a row that is alone is asked for twice before it is refused', async () => {
  const never = service(() => refused());
  expect(await never.append(['a'])).toHaveLength(1);
  expect(never.appends).toHaveLength(2);
  const once = service((_rows, request) => (request === 1 ? refused() : taken));
  expect(await once.append(['a'])).toEqual([]);
});

test('a refusal is held against the append that met it, not against those behind it on the connection', async () => {
  const { append } = service((rows) => (rows.includes('bad') ? refused() : taken));
  const [bad, good] = await Promise.allSettled([append(['bad']), append(['good'])]);
  expect(bad).toMatchObject({ status: 'fulfilled', value: [{ index: 0 }] });
  expect(good).toMatchObject({ status: 'rejected', reason: expect.any(TransientError) });
  expect(await append(['good'])).toEqual([]);
});

test('when no row at all is taken it is not the rows: they wait, and a person is told', async () => {
  const { appends, append } = service(() => refused());
  const error = await append(numbered(500)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SetupError);
  expect(String(error)).toContain('orderlake doctor');
  expect(appends.length).toBeLessThanOrEqual(20);
});

test('a schema that does not fit is nothing that a row could help', async () => {
  const words = '3 INVALID_ARGUMENT: The source object has fields unknown to BigQuery: root.tip.';
  const { appends, append } = service(() => status(3, words));
  await expect(append(['a', 'b'])).rejects.toThrow(/orderlake doctor/);
  expect(appends).toHaveLength(1);
});

test('what is refused for a column that the table lacks is sent again when it was added', async () => {
  const words = '3 INVALID_ARGUMENT: The source object has fields unknown to BigQuery: root.tip.';
  let isThere = false;
  const { client, appends } = writeService(() => (isThere ? taken : status(3, words)));
  const columns = {
    add: async () => {
      isThere = true;
    },
  };
  const stream = await openTableStream(client, tables.orders, { project: 'p', dataset: 'raw' }, { columns });
  expect(await stream.append([runOf('a')])).toEqual([]);
  expect(appends.map(({ connection }) => connection)).toEqual([1, 2]);
});

test('where it cannot be added the rows wait, with the reason of that', async () => {
  const { client, appends } = writeService(() => status(3, '3 INVALID_ARGUMENT: schema mismatch'));
  const columns = { add: () => Promise.reject(new SetupError('order_id is INTEGER, expected STRING')) };
  const stream = await openTableStream(client, tables.orders, { project: 'p', dataset: 'raw' }, { columns });
  await expect(stream.append([runOf('a')])).rejects.toThrow('order_id is INTEGER');
  expect(appends).toHaveLength(1);
});

test('an answer that does not come in time fails all that wait, and the next append has a new connection', async () => {
  const { appends, append } = service((_rows, request) => (request <= 2 ? 'never' : taken));
  const first = append(['a']).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(600);
  const second = append(['b']).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(400);
  expect(await first).toBeInstanceOf(TransientError);
  expect(await second).toBeInstanceOf(TransientError);
  expect(await append(['a'])).toEqual([]);
  expect(appends.map(({ rows, connection }) => `${rows.map(textOf)} on ${connection}`)).toEqual([
    'a on 1',
    'b on 1',
    'a on 2',
  ]);
});

test('a connection that the service closes is opened again by the next append', async () => {
  const { appends, append } = service((_rows, request) => (request === 2 ? 'closed' : taken));
  await append(['a']);
  await expect(append(['b'])).rejects.toBeInstanceOf(TransientError);
  expect(await append(['b'])).toEqual([]);
  expect(appends.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});

test('when the table has another schema the next append has a new connection', async () => {
  const { appends, append } = service((_rows, request) => (request === 1 ? { schemaChanged: true } : taken));
  await append(['a']);
  expect(await append(['b'])).toEqual([]);
  expect(appends.map(({ connection }) => connection)).toEqual([1, 2]);
});

test.each([
  [1, TransientError],
  [2, TransientError],
  [4, TransientError],
  [5, SetupError],
  [7, SetupError],
  [8, TransientError],
  [9, TransientError],
  [10, TransientError],
  [13, TransientError],
  [14, TransientError],
  [16, SetupError],
])('status %i is retried', async (code, kind) => {
  const { append } = service(() => status(code));
  await expect(append(['a'])).rejects.toBeInstanceOf(kind);
});

test.each([6, 11, 12, 15])('status %i is none that we know of: it crashes', async (code) => {
  const { append } = service(() => status(code));
  await expect(append(['a'])).rejects.toThrow(/did not expect/);
});
