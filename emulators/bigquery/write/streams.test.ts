import { managedwriter, protos } from '@google-cloud/bigquery-storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../testing.ts';
import { columns, rowBytes, writerClient } from './testing.ts';

type Response = protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse;
const { StorageError } = protos.google.cloud.bigquery.storage.v1;

let bench: Bench;
let client: managedwriter.WriterClient;
const number = columns([['n', 3]]);
const rowsOf = (...numbers: number[]) => ({ serializedRows: numbers.map((n) => rowBytes(number, { n })) });
const table = (name: string) => `projects/lab/datasets/lab/tables/${name}`;
const count = (name: string) => bench.value(`SELECT COUNT(*) FROM lab.${name}`);

beforeAll(async () => {
  bench = await Bench.start();
  client = writerClient(bench.emulator);
  await bench.query(
    'CREATE SCHEMA lab; CREATE TABLE lab.t (n INT64 NOT NULL); CREATE TABLE lab.p (n INT64); CREATE TABLE lab.b (n INT64); CREATE TABLE lab.q (n INT64)',
  );
});
afterAll(async () => {
  client.close();
  await bench.stop();
});

async function open(name: string, streamType: string) {
  const streamId = await client.createWriteStream({
    streamType: streamType as 'PENDING',
    destinationTable: table(name),
  });
  return { streamId, ...(await on(streamId)) };
}
async function on(streamId: string) {
  const connection = await client.createStreamConnection({ streamId });
  connection.onConnectionError(() => {});
  const writer = new managedwriter.Writer({ connection, protoDescriptor: number });
  return {
    connection,
    append: (offset: number | undefined, ...numbers: number[]): Promise<Response> =>
      writer.appendRows(rowsOf(...numbers), offset).getResult(),
  };
}
/** The detail by which clients tell what went wrong. */
function fault(response: Response): [code: unknown, detail: unknown] {
  const [any] = response.error?.details ?? [];
  return [response.error?.code, any && StorageError.decode(any.value as Uint8Array).code];
}
const codes = StorageError.StorageErrorCode;

describe('a COMMITTED stream', () => {
  test('shows its rows at once and tells where they stand', async () => {
    const stream = await open('t', managedwriter.CommittedStream);
    expect(Number((await stream.append(0, 1, 2)).appendResult?.offset?.value)).toBe(0);
    expect(await count('t')).toBe(2);
    expect(Number((await stream.append(undefined, 3)).appendResult?.offset?.value)).toBe(2);
    expect(await count('t')).toBe(3);
    expect(Number((await stream.connection.finalize())?.rowCount)).toBe(3);
  });
  test('takes each offset once: sent again it exists already, sent too far it is out of range', async () => {
    const stream = await open('t', managedwriter.CommittedStream);
    await stream.append(0, 10, 11, 12);
    const before = await count('t');
    const again = await stream.append(0, 10, 11, 12);
    expect(fault(again)).toEqual([6, codes.OFFSET_ALREADY_EXISTS]);
    expect(again.error?.message).toBe(
      `The offset is within stream, expected offset 3, received 0 Entity: ${stream.streamId}`,
    );
    expect(fault(await stream.append(5, 13))).toEqual([11, codes.OFFSET_OUT_OF_RANGE]);
    expect(await count('t')).toBe(before);
    expect((await stream.append(3, 13)).error).toBeFalsy();
    expect(await count('t')).toBe((before as number) + 1);
  });
  test('a bad row takes no offset', async () => {
    const stream = await open('t', managedwriter.CommittedStream);
    const connection = await client.createStreamConnection({ streamId: stream.streamId });
    const writer = new managedwriter.Writer({ connection, protoDescriptor: number });
    const refused = await writer
      .appendRows({ serializedRows: [rowBytes(number, { n: 1 }), Buffer.alloc(0)] }, 0)
      .getResult();
    expect(refused.rowErrors?.map((e) => [Number(e.index), e.code])).toEqual([[1, 'FIELDS_ERROR']]);
    expect((await stream.append(0, 1)).error).toBeFalsy();
  });
  test('takes nothing once it is finalized', async () => {
    const stream = await open('t', managedwriter.CommittedStream);
    await stream.connection.finalize();
    expect(fault(await stream.append(0, 1))).toEqual([3, codes.STREAM_FINALIZED]);
  });
  test('is told with its type, its time and, where asked for, its schema', async () => {
    const made = await client.createWriteStreamFullResponse({
      streamType: managedwriter.CommittedStream,
      destinationTable: table('t'),
    });
    expect(made.tableSchema?.fields?.map((f) => [f.name, f.type, f.mode])).toEqual([
      ['n', 'INT64', 'REQUIRED'],
    ]);
    const basic = await client.getWriteStream({ streamId: made.name as string });
    expect([basic.type, basic.location, basic.tableSchema]).toEqual(['COMMITTED', 'US', null]);
    expect(Number(basic.createTime?.seconds)).toBeGreaterThan(1_700_000_000);
    const full = await client.getWriteStream({
      streamId: `${table('t')}/streams/_default`,
      view: 'FULL' as never,
    });
    expect(full.tableSchema?.fields).toHaveLength(1);
  });
});

describe('PENDING streams', () => {
  test('are seen when they are committed, all in one moment', async () => {
    const one = await open('p', managedwriter.PendingStream);
    const two = await open('p', managedwriter.PendingStream);
    await one.append(0, 1, 2);
    await one.append(2, 3);
    await two.append(0, 4);
    await one.connection.finalize();
    expect(await count('p')).toBe(0);
    const names = [one.streamId, two.streamId];
    const early = await client.batchCommitWriteStream({ parent: table('p'), writeStreams: names });
    expect(early.commitTime).toBeNull();
    expect(early.streamErrors?.map((e) => [e.code, e.entity])).toEqual([
      ['INVALID_STREAM_STATE', two.streamId],
    ]);
    expect(await count('p')).toBe(0);
    await two.connection.finalize();
    const done = await client.batchCommitWriteStream({ parent: table('p'), writeStreams: names });
    expect(Number(done.commitTime?.seconds)).toBeGreaterThan(0);
    expect(await bench.rows('SELECT n FROM lab.p ORDER BY n')).toEqual([[1], [2], [3], [4]]);
    const again = await client.batchCommitWriteStream({ parent: table('p'), writeStreams: names });
    expect(again.streamErrors?.map((e) => e.code)).toEqual([
      'STREAM_ALREADY_COMMITTED',
      'STREAM_ALREADY_COMMITTED',
    ]);
    expect(await count('p')).toBe(4);
  });
  test('of another type or unknown are told apart, and nothing is committed', async () => {
    const committed = await open('p', managedwriter.CommittedStream);
    const answer = await client.batchCommitWriteStream({
      parent: table('p'),
      writeStreams: [committed.streamId, `${table('p')}/streams/none`],
    });
    expect(answer.streamErrors?.map((e) => e.code)).toEqual(['INVALID_STREAM_TYPE', 'STREAM_NOT_FOUND']);
  });
});

test('a BUFFERED stream is seen up to the row that was flushed', async () => {
  const stream = await open('b', managedwriter.BufferedStream);
  await stream.append(0, 1, 2, 3);
  await stream.append(3, 4, 5);
  expect(await count('b')).toBe(0);
  expect(Number((await stream.connection.flushRows({ offset: 1 }))?.offset)).toBe(1);
  expect(await bench.rows('SELECT n FROM lab.b ORDER BY n')).toEqual([[1], [2]]);
  await stream.connection.flushRows({ offset: 3 });
  expect(await bench.rows('SELECT n FROM lab.b ORDER BY n')).toEqual([[1], [2], [3], [4]]);
  await expect(stream.connection.flushRows({ offset: 2 })).rejects.toMatchObject({ code: 6 });
  await expect(stream.connection.flushRows({ offset: 5 })).rejects.toMatchObject({ code: 11 });
  await stream.connection.finalize();
  await stream.connection.flushRows({ offset: 4 });
  expect(await count('b')).toBe(5);
  const committed = await open('b', managedwriter.CommittedStream);
  await committed.append(0, 6, 7);
  await expect(committed.connection.flushRows({ offset: 1 })).rejects.toThrow(
    /only for streams of type BUFFERED/,
  );
});

test('a stream of a table that was made anew is not found', async () => {
  await bench.query('CREATE TABLE lab.gone (n INT64)');
  const stream = await open('gone', managedwriter.CommittedStream);
  await stream.append(0, 1);
  await bench.query('DROP TABLE lab.gone');
  await expect(client.getWriteStream({ streamId: stream.streamId })).rejects.toMatchObject({ code: 5 });
  await expect(stream.append(1, 2)).rejects.toThrow(/Requested stream was not found/);
});

test('several tables share one connection by their default streams', async () => {
  const connection = await client.createStreamConnection({ streamId: `${table('q')}/streams/_default` });
  connection.onConnectionError(() => {});
  const send = (name: string, n: number, described = true) =>
    connection
      .write({
        writeStream: `${table(name)}/streams/_default`,
        protoRows: { rows: rowsOf(n), ...(described && { writerSchema: { protoDescriptor: number } }) },
      })
      .getResult();
  const before = await count('t');
  expect((await send('q', 1)).writeStream).toBe(`${table('q')}/streams/_default`);
  expect((await send('t', 2)).writeStream).toBe(`${table('t')}/streams/_default`);
  await send('q', 3, false);
  expect(await bench.rows('SELECT n FROM lab.q ORDER BY n')).toEqual([[1], [3]]);
  expect(await count('t')).toBe((before as number) + 1);
});

test('a column added under way is told with the next answer, once, and can then be written', async () => {
  await bench.query('CREATE TABLE lab.grows (n INT64)');
  const stream = await open('grows', managedwriter.CommittedStream);
  await stream.append(0, 1);
  await bench.send('PATCH', '/projects/lab/datasets/lab/tables/grows', {
    schema: {
      fields: [
        { name: 'n', type: 'INT64' },
        { name: 'note', type: 'STRING' },
      ],
    },
  });
  const told = await stream.append(1, 2);
  expect(told.updatedSchema?.fields?.map((f) => f.name)).toEqual(['n', 'note']);
  expect((await stream.append(2, 3)).updatedSchema).toBeFalsy();
  const wider = columns([
    ['n', 3],
    ['note', 9],
  ]);
  const writer = new managedwriter.Writer({ connection: stream.connection, protoDescriptor: wider });
  await writer.appendRows({ serializedRows: [rowBytes(wider, { n: 4, note: 'new' })] }, 3).getResult();
  expect(await bench.rows('SELECT n, note FROM lab.grows ORDER BY n')).toEqual([
    [1, null],
    [2, null],
    [3, null],
    [4, 'new'],
  ]);
});
