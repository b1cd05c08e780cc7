// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of Workflows are written so.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DrivenClock, type Emulator } from '../frame/index.ts';
import { startWorkflows } from './index.ts';

/** A BigQuery that answers with what the test says, and remembers what it was asked. */
type Answer = { readonly status?: number; readonly body: unknown };
let answers: (request: string, body: unknown) => Answer;
let asked: string[];
let server: Server;
let emulator: Emulator;
let clock: DrivenClock;

beforeEach(async () => {
  asked = [];
  answers = () => ({ body: {} });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const name = `${request.method} ${request.url}`;
    asked.push(name);
    const { status = 200, body } = answers(name, text === '' ? undefined : JSON.parse(text));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clock = new DrivenClock();
  const { port } = server.address() as AddressInfo;
  emulator = await startWorkflows({ bigqueryHost: `http://127.0.0.1:${port}/bigquery/v2`, clock });
});

afterEach(async () => {
  await emulator.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const parent = 'projects/p/locations/l';

async function call(verb: string, path: string, body?: unknown) {
  const address = `http://${emulator.environment.WORKFLOWS_EMULATOR_HOST}/v1/${path}`;
  const init = body === undefined ? { method: verb } : { method: verb, body: JSON.stringify(body) };
  const response = await fetch(address, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const create = (id: string, steps: object[]) =>
  call('POST', `${parent}/workflows?workflowId=${id}`, { sourceContents: source(steps) });
const source = (steps: object[]): string => JSON.stringify({ main: { params: ['input'], steps } });

/** Driven time goes on while the execution waits for something. */
async function execute(id: string, argument = '') {
  const started = await call('POST', `${parent}/workflows/${id}/executions`, { argument });
  for (let execution = started.body; ; ) {
    if (execution.state !== 'ACTIVE') return execution;
    clock.advance(1000);
    execution = (await call('GET', String(execution.name))).body;
  }
}

describe('workflows', () => {
  const steps = [{ r: { return: 1 } }];

  test('are created by an operation that is done, and then are there', async () => {
    const { body } = await create('nightly', steps);
    expect(body).toMatchObject({
      name: `${parent}/operations/operation-1`,
      done: true,
      response: { name: `${parent}/workflows/nightly`, state: 'ACTIVE', revisionId: '000001-000' },
    });
    expect((await call('GET', `${parent}/operations/operation-1`)).body).toEqual(body);
    expect((await call('GET', `${parent}/workflows/nightly`)).body).toMatchObject({
      sourceContents: source(steps),
    });
    expect((await call('GET', `${parent}/workflows`)).body).toMatchObject({
      workflows: [{ name: `${parent}/workflows/nightly` }],
    });
  });

  test('twice is 409, none is 404, a bad name is 400', async () => {
    await create('nightly', steps);
    expect((await create('nightly', steps)).status).toBe(409);
    expect((await call('GET', `${parent}/workflows/other`)).status).toBe(404);
    expect((await create('no.dots', steps)).status).toBe(400);
  });

  test('a definition outside of the subset is refused, and nothing is kept', async () => {
    const { status, body } = await create('nightly', [{ a: { call: 'http.get', args: { url: 'x' } } }]);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { status: 'INVALID_ARGUMENT', message: expect.stringContaining('main.a.call') },
    });
    expect((await call('GET', `${parent}/workflows/nightly`)).status).toBe(404);
  });

  test('a patch changes only what its mask names; a new source is a new revision', async () => {
    await create('nightly', steps);
    const change = { description: 'text', sourceContents: source([{ r: { return: 2 } }]) };
    await call('PATCH', `${parent}/workflows/nightly?updateMask=description`, change);
    const name = `${parent}/workflows/nightly`;
    expect((await call('GET', name)).body).toMatchObject({ description: 'text', revisionId: '000001-000' });
    await call('PATCH', `${name}?updateMask=sourceContents`, change);
    expect((await call('GET', name)).body).toMatchObject({ revisionId: '000002-000' });
    expect((await execute('nightly')).result).toBe('2');
  });

  test('a field that is not served is refused by name', async () => {
    const { status, body } = await call('POST', `${parent}/workflows?workflowId=a`, {
      sourceContents: source(steps),
      cryptoKeyName: 'k',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('cryptoKeyName');
  });

  test('are gone after delete', async () => {
    await create('nightly', steps);
    expect((await call('DELETE', `${parent}/workflows/nightly`)).body).toMatchObject({ done: true });
    expect((await call('GET', `${parent}/workflows/nightly`)).status).toBe(404);
  });
});

describe('executions', () => {
  test('succeed with the result as JSON', async () => {
    await create('echo', [
      { r: { return: { got: '${input}', id: '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID")}' } } },
    ]);
    const execution = await execute('echo', '{"a":[1,null]}');
    expect(execution).toMatchObject({
      state: 'SUCCEEDED',
      argument: '{"a":[1,null]}',
      result: '{"got":{"a":[1,null]},"id":"echo"}',
      workflowRevisionId: '000001-000',
    });
  });

  test('fail with the payload that was raised and where', async () => {
    await create('bad', [{ here: { raise: { code: 1 } } }]);
    expect(await execute('bad')).toMatchObject({
      state: 'FAILED',
      error: {
        payload: '{"code":1}',
        context: expect.stringContaining('in step "here", routine "main"'),
        stackTrace: { elements: [{ step: 'here', routine: 'main' }] },
      },
    });
  });

  test('an argument that is not JSON is refused; a workflow that is not there is 404', async () => {
    await create('echo', [{ r: { return: 1 } }]);
    expect((await call('POST', `${parent}/workflows/echo/executions`, { argument: '{' })).status).toBe(400);
    expect((await call('POST', `${parent}/workflows/none/executions`, {})).status).toBe(404);
  });

  test('are listed newest first, page by page', async () => {
    await create('echo', [{ r: { return: 1 } }]);
    const names = [];
    for (let n = 0; n < 3; n++) names.unshift((await execute('echo')).name);
    const first = (await call('GET', `${parent}/workflows/echo/executions?pageSize=2`)).body;
    const token = String(first.nextPageToken);
    const second = (await call('GET', `${parent}/workflows/echo/executions?pageSize=2&pageToken=${token}`))
      .body;
    const listed = [first, second]
      .flatMap((page) => page.executions as { name: string }[])
      .map((one) => one.name);
    expect(listed).toEqual(names);
    expect(second.nextPageToken).toBeUndefined();
  });

  test('what sys.log wrote can be looked at', async () => {
    await create('talk', [{ l: { call: 'sys.log', args: { severity: 'INFO', text: 'hello' } } }]);
    const { name } = await execute('talk');
    const address = `http://${emulator.environment.WORKFLOWS_EMULATOR_HOST}/_emulator/logs?execution=${name}`;
    expect(await (await fetch(address)).json()).toMatchObject([{ severity: 'INFO', text: 'hello' }]);
  });

  test('an execution that sleeps does not keep the emulator from stopping', async () => {
    await create('sleepy', [{ s: { call: 'sys.sleep', args: { seconds: 86400 } } }]);
    await call('POST', `${parent}/workflows/sleepy/executions`, {});
    await emulator.stop();
    expect(clock.timers).toBe(0);
  });
});

describe('the BigQuery connector', () => {
  const reference = { projectId: 'p', jobId: 'j-1', location: 'l' };
  const insert = [
    {
      job: {
        call: 'googleapis.bigquery.v2.jobs.insert',
        args: { projectId: 'p', body: { jobReference: reference }, connector_params: { timeout: 30 } },
        result: 'job',
      },
    },
    { r: { return: '${job.status.state}' } },
  ];
  const job = (status: object): Answer => ({ body: { jobReference: reference, status } });

  test('inserts a job and waits until it is done', async () => {
    answers = () => job({ state: asked.length < 4 ? 'RUNNING' : 'DONE' });
    await create('load', insert);
    expect(await execute('load')).toMatchObject({ state: 'SUCCEEDED', result: '"DONE"' });
    expect(asked).toEqual([
      'POST /bigquery/v2/projects/p/jobs',
      ...Array.from({ length: 3 }, () => 'GET /bigquery/v2/projects/p/jobs/j-1?location=l'),
    ]);
  });

  test('raises an OperationError for a job that failed, with the job', async () => {
    answers = () => job({ state: 'DONE', errorResult: { reason: 'invalidQuery', message: 'no' } });
    await create('load', insert);
    const execution = await execute('load');
    const payload = JSON.parse((execution.error as { payload: string }).payload);
    expect(payload).toMatchObject({
      tags: ['OperationError'],
      message: 'no',
      operation: { jobReference: reference },
    });
  });

  test('raises a TimeoutError for a job that is not done in time', async () => {
    answers = () => job({ state: 'RUNNING' });
    await create('load', insert);
    expect((await execute('load')).error).toMatchObject({ payload: expect.stringContaining('TimeoutError') });
  });

  test('raises what BigQuery refuses as an HttpError with code and body', async () => {
    answers = () => ({ status: 409, body: { error: { code: 409, errors: [{ reason: 'duplicate' }] } } });
    await create('load', [{ ...insert[0] }]);
    const payload = JSON.parse(((await execute('load')).error as { payload: string }).payload);
    expect(payload).toMatchObject({
      code: 409,
      tags: ['HttpError'],
      body: { error: { errors: [{ reason: 'duplicate' }] } },
    });
  });

  test('raises a ConnectionError where nobody answers', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await create('load', insert);
    expect((await execute('load')).error).toMatchObject({
      payload: expect.stringContaining('ConnectionError'),
    });
    server.listen(0, '127.0.0.1');
  });

  test('passes the arguments of the other methods in path and query', async () => {
    const call = 'googleapis.bigquery.v2.jobs.getQueryResults';
    await create('read', [
      { a: { call, args: { projectId: 'a b', jobId: 'j', location: 'l', maxResults: 5 } } },
    ]);
    await execute('read');
    expect(asked).toEqual(['GET /bigquery/v2/projects/a%20b/queries/j?location=l&maxResults=5']);
  });
});
