import { Client, credentials, type ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
import { afterEach, expect, test, vi } from 'vitest';
import { Faults, type GrpcServer, ServiceError, startGrpc, streaming, unary } from './index.ts';

const identity = (bytes: Buffer): Buffer => bytes;
const echo = unary<Buffer, Buffer>({
  path: '/test.Echo/Echo',
  requestDeserialize: identity,
  responseSerialize: identity,
  handler: (request) => {
    if (request.toString() === 'missing')
      throw new ServiceError('NOT_FOUND', 'Resource not found (resource=x).');
    return request;
  },
});
const echoAll = streaming<Buffer, Buffer>({
  path: '/test.Echo/EchoAll',
  requestDeserialize: identity,
  responseSerialize: identity,
  handler: (stream) => {
    stream.onRequest((request) => void stream.write(Buffer.from(request)));
    stream.onRequestsEnded(() => stream.end());
  },
});

let server: GrpcServer | undefined;
let client: Client | undefined;
let faults = new Faults();

async function start() {
  faults = new Faults();
  server = await startGrpc({
    name: 'echo',
    services: [echo, echoAll],
    faults,
    admin: { name: 'echo', faults },
  });
  client = new Client(server.address, credentials.createInsecure());
  return { client, origin: `http://${server.address}` };
}

afterEach(async () => {
  client?.close();
  await server?.stop();
});

function call(text: string, path = '/test.Echo/Echo', deadlineMs = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + deadlineMs;
    client!.makeUnaryRequest(path, identity, identity, Buffer.from(text), { deadline }, (error, answer) => {
      if (error) reject(error);
      else resolve(String(answer));
    });
  });
}

const codeOf = (promise: Promise<unknown>): Promise<number> =>
  promise.then(
    () => 0,
    (error: GrpcError) => error.code,
  );

test('answers a call and tells a service error with its code and message', async () => {
  await start();
  expect(await call('hello')).toBe('hello');
  await expect(call('missing')).rejects.toMatchObject({
    code: 5,
    details: 'Resource not found (resource=x).',
  });
});

test('refuses a method nobody serves with UNIMPLEMENTED and its name', async () => {
  await start();
  await expect(call('x', '/test.Echo/Absent')).rejects.toMatchObject({
    code: 12,
    details: expect.stringContaining('/test.Echo/Absent'),
  });
});

test('the next two calls fail as planned, the third is well', async () => {
  await start();
  faults.next('Echo', 2, { kind: 'fail', code: 'UNAVAILABLE' });
  expect(await codeOf(call('a'))).toBe(14);
  expect(await codeOf(call('a'))).toBe(14);
  expect(await call('a')).toBe('a');
});

test('a dropped connection ends the call, and the client connects anew', async () => {
  await start();
  faults.next('Echo', 1, { kind: 'drop' });
  expect(await codeOf(call('a'))).toBe(14);
  expect(await call('b')).toBe('b');
});

test('a hanging call answers nothing until the plan is reset', async () => {
  await start();
  faults.next('Echo', 2, { kind: 'hang' });
  expect(await codeOf(call('a', undefined, 50))).toBe(4);
  await vi.waitFor(() => expect(faults.hanging).toBe(0));
  const second = codeOf(call('b'));
  await vi.waitFor(() => expect(faults.hanging).toBe(1));
  faults.reset();
  expect(await second).toBe(14);
});

test('a stream echoes in order and fails at its opening when that is planned', async () => {
  await start();
  const run = (): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const stream = client!.makeBidiStreamRequest('/test.Echo/EchoAll', identity, identity, new Metadata());
      const got: string[] = [];
      stream.on('data', (bytes: Buffer) => got.push(bytes.toString()));
      stream.on('error', reject);
      stream.on('end', () => resolve(got));
      for (const text of ['1', '2', '3']) stream.write(Buffer.from(text));
      stream.end();
    });
  faults.next('EchoAll', 1, { kind: 'fail', code: 'ABORTED' });
  expect(await codeOf(run())).toBe(10);
  expect(await run()).toEqual(['1', '2', '3']);
});

test('a request of many frames keeps its bytes until its listener is done, while others come', async () => {
  const othersCame = Promise.withResolvers<void>();
  const slow = streaming<Buffer, Buffer>({
    path: '/test.Echo/Slow',
    requestDeserialize: identity,
    responseSerialize: identity,
    handler(stream) {
      stream.onRequest(async (request) => {
        await othersCame.promise;
        stream.write(Buffer.from(request));
      });
      stream.onRequestsEnded(() => stream.end());
    },
  });
  server = await startGrpc({ name: 'echo', services: [echo, slow], faults: new Faults() });
  client = new Client(server.address, credentials.createInsecure());
  const stream = client.makeBidiStreamRequest('/test.Echo/Slow', identity, identity, new Metadata());
  const sent = ['a', 'b', 'c'].map((letter) => letter.repeat(20_000));
  const got: string[] = [];
  const ended = new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  stream.on('data', (bytes: Buffer) => got.push(bytes.toString()));
  for (const text of sent) stream.write(Buffer.from(text));
  stream.end();
  await call('on the same connection, behind them');
  othersCame.resolve();
  await ended;
  expect(got.map((text) => [text[0], new Set(text).size])).toEqual(sent.map((text) => [text[0], 1]));
});

test('faults can be planned over HTTP on the port that speaks gRPC', async () => {
  const { origin } = await start();
  const plan = { method: 'Echo', times: 1, fault: { kind: 'fail', code: 'INTERNAL', landed: true } };
  const answer = await fetch(`${origin}/_emulator/faults`, { method: 'POST', body: JSON.stringify(plan) });
  expect(answer.status).toBe(200);
  expect(await codeOf(call('a'))).toBe(13);
  expect(await call('a')).toBe('a');
});

test('a foreign authority is refused', async () => {
  await start();
  client!.close();
  client = new Client(server!.address, credentials.createInsecure(), {
    'grpc.default_authority': 'rebound.example',
  });
  expect(await codeOf(call('a'))).toBe(7);
});

test('a planned fault can spoil one request of an open stream, or come after its first answer', async () => {
  let handled = 0;
  const perRequest = streaming<Buffer, Buffer>({
    path: '/test.Echo/PerRequest',
    faultsOn: 'request',
    requestDeserialize: identity,
    responseSerialize: identity,
    handler(stream) {
      stream.onRequest((request) => {
        handled += 1;
        stream.write(Buffer.from(request));
      });
      stream.onRequestsEnded(() => stream.end());
    },
  });
  faults = new Faults();
  server = await startGrpc({ name: 'echo', services: [echoAll, perRequest], faults });
  client = new Client(server.address, credentials.createInsecure());
  const run = (path: string): Promise<{ got: string[]; code: number }> =>
    new Promise((resolve) => {
      const stream = client!.makeBidiStreamRequest(path, identity, identity, new Metadata());
      const got: string[] = [];
      stream.on('data', (bytes: Buffer) => got.push(bytes.toString()));
      stream.on('error', (error: GrpcError) => resolve({ got, code: error.code }));
      stream.on('end', () => resolve({ got, code: 0 }));
      for (const text of ['1', '2', '3']) stream.write(Buffer.from(text));
      stream.end();
    });
  faults.next('PerRequest', 1, { kind: 'slow', milliseconds: 5 });
  faults.next('PerRequest', 1, { kind: 'fail', code: 'ABORTED' });
  expect(await run('/test.Echo/PerRequest')).toEqual({ got: ['1'], code: 10 });
  expect(handled).toBe(1);
  faults.next('PerRequest', 1, { kind: 'fail', code: 'ABORTED', landed: true });
  expect(await run('/test.Echo/PerRequest')).toEqual({ got: [], code: 10 });
  expect(handled).toBe(2);
  faults.next('EchoAll', 1, { kind: 'fail', code: 'INTERNAL', landed: true });
  expect(await run('/test.Echo/EchoAll')).toEqual({ got: ['1'], code: 13 });
});

test('stop ends a stream that a client keeps open, and frees the port', async () => {
  await start();
  const stream = client!.makeBidiStreamRequest('/test.Echo/EchoAll', identity, identity, new Metadata());
  const ended = new Promise<number>((resolve) =>
    stream.on('error', (error: GrpcError) => resolve(error.code)),
  );
  stream.write(Buffer.from('x'));
  await new Promise((resolve) => stream.once('data', resolve));
  await server!.stop();
  expect([1, 14]).toContain(await ended);
  expect(await codeOf(call('a', undefined, 200))).not.toBe(0);
});

test('a client may compress what it sends', async () => {
  await start();
  client!.close();
  client = new Client(server!.address, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
  });
  expect(await call('compressed')).toBe('compressed');
});

test('a message over the limit is refused, and the connection stays good', async () => {
  server = await startGrpc({ name: 'echo', services: [echo], maxMessageBytes: 100_000 });
  client = new Client(server.address, credentials.createInsecure());
  expect(await codeOf(call('x'.repeat(3_000_000)))).toBe(8);
  expect(await call('x'.repeat(99_999))).toHaveLength(99_999);
});

test('words that no header can carry reach the client as they were said', async () => {
  const picky = unary<Buffer, Buffer>({
    path: '/test.Echo/Echo',
    requestDeserialize: identity,
    responseSerialize: identity,
    handler: (request) => {
      throw new ServiceError('INVALID_ARGUMENT', `100 % of\n${request.toString()}`);
    },
  });
  server = await startGrpc({ name: 'echo', services: [picky] });
  client = new Client(server.address, credentials.createInsecure());
  await expect(call('größer')).rejects.toMatchObject({ code: 3, details: '100 % of\ngrößer' });
});
