import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Faults, type HttpServer, httpActions, startHttp } from './index.ts';

let server: HttpServer | undefined;
let landed: string[] = [];
const faults = new Faults();

async function start(): Promise<HttpServer> {
  landed = [];
  faults.reset();
  const handle = httpActions(
    [
      {
        name: 'test.things.get',
        verb: 'GET',
        path: '/b/{bucket}/o/{thing}',
        handle: (call) => ({ status: 200, json: call.path }),
      },
      {
        name: 'test.things.insert',
        verb: 'POST',
        path: '/b/{bucket}/o',
        handle: async (call) => {
          landed.push((await call.body(10)).toString());
          return { status: 200, json: {} };
        },
      },
    ],
    faults,
  );
  server = await startHttp({
    name: 'test',
    handle,
    admin: { name: 'test', faults, views: { landed: () => landed } },
  });
  return server;
}

afterEach(() => server?.stop());

function get(port: number, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/b/x/o/y', headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject).end();
  });
}

test('an action gets the decoded parts of its path', async () => {
  const { origin } = await start();
  const answer = await fetch(`${origin}/b/a%20b/o/x%2Fy%23`);
  expect(await answer.json()).toEqual({ bucket: 'a b', thing: 'x/y#' });
});

test('a foreign Host header or a browser Origin is refused with 403', async () => {
  const { port } = await start();
  expect(await get(port, {})).toBe(200);
  expect(await get(port, { host: `localhost:${port}` })).toBe(200);
  expect(await get(port, { host: 'evil.example' })).toBe(403);
  expect(await get(port, { host: '127.0.0.1.evil.example' })).toBe(403);
  expect(await get(port, { origin: 'http://127.0.0.1:3000' })).toBe(403);
  expect(await get(port, { 'sec-fetch-site': 'cross-site' })).toBe(403);
});

test('what no action serves is 501 with its name', async () => {
  const { origin } = await start();
  const answer = await fetch(`${origin}/absent`, { method: 'DELETE' });
  expect(answer.status).toBe(501);
  expect(await answer.text()).toContain('DELETE /absent');
});

test('a body over the limit is refused with 413', async () => {
  const { origin } = await start();
  const answer = await fetch(`${origin}/b/x/o`, { method: 'POST', body: 'x'.repeat(11) });
  expect(answer.status).toBe(413);
  expect(landed).toEqual([]);
});

test('a call can land and its answer still fail', async () => {
  const { origin } = await start();
  faults.next('insert', 1, { kind: 'fail', code: 'UNAVAILABLE', landed: true });
  const answer = await fetch(`${origin}/b/x/o`, { method: 'POST', body: 'once' });
  expect(answer.status).toBe(503);
  expect(await (await fetch(`${origin}/_emulator/landed`)).json()).toEqual(['once']);
});

test('a dropped connection is seen as such', async () => {
  const { origin } = await start();
  faults.next('test.things.get', 1, { kind: 'drop' });
  await expect(fetch(`${origin}/b/x/o/y`)).rejects.toThrow();
});

test('stop does not wait for clients that keep their connection', async () => {
  const { port, stop } = await start();
  const idle = connect(port, '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  const closed = new Promise((resolve) => idle.once('close', resolve));
  await stop();
  await closed;
});
