import { expect, test } from 'vitest';
import { make } from './making.ts';
import { makeWorkflow } from './workflow.ts';

const workflow = { name: 'daily', description: 'Every night', source: '{"main":{"steps":[]}}' };
const parent = 'projects/p/locations/r';

/** Answers each request with the next of the answers, and keeps what was sent. */
function service(...answers: [status: number, body: unknown][]) {
  const sent: [method: string | undefined, path: string, body: unknown][] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push([init?.method, String(url), init?.body ? JSON.parse(String(init.body)) : undefined]);
    const [status, body] = answers[sent.length - 1] ?? [500, 'asked too often'];
    return new Response(JSON.stringify(body), { status });
  };
  return { sent, service: { endpoint: 'http://127.0.0.1:1', fetch } };
}

test('a workflow is created under its id', async () => {
  const { sent, service: there } = service([200, { done: true }]);
  expect(await make(makeWorkflow(workflow, parent, there))).toMatchObject({ outcome: 'made' });
  const body = { description: 'Every night', sourceContents: workflow.source };
  expect(sent).toEqual([['POST', `http://127.0.0.1:1/v1/${parent}/workflows?workflowId=daily`, body]]);
});

test('a workflow with another definition is patched, naming only what orderlake owns', async () => {
  const old = { description: 'Every night', sourceContents: '{}' };
  const { sent, service: there } = service([409, {}], [200, old], [200, { done: true }]);
  expect(await make(makeWorkflow(workflow, parent, there))).toMatchObject({ outcome: 'changed' });
  expect(
    sent.map(([method, path]) => `${method} ${new URL(path).pathname}${new URL(path).search}`).slice(1),
  ).toEqual([
    `GET /v1/${parent}/workflows/daily`,
    `PATCH /v1/${parent}/workflows/daily?updateMask=description,sourceContents`,
  ]);
});

test('a definition that the service refuses is a set-up error with the reason', async () => {
  const { service: there } = service([200, { done: true, error: { message: 'unknown step' } }]);
  await expect(make(makeWorkflow(workflow, parent, there))).rejects.toThrow(/refused: unknown step.*dags/);
});

test('an operation that takes its time is refused by name: that is the cloud, and the cloud has its stack', async () => {
  const { service: there } = service([200, { name: 'operations/1' }]);
  await expect(make(makeWorkflow(workflow, parent, there))).rejects.toThrow(/cdktf deploy/);
});
