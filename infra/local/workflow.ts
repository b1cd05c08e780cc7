import { SetupError } from '../../runtime/index.ts';
import type { Workflow } from '../definition/index.ts';
import { differences } from './difference.ts';
import type { Making } from './making.ts';

export interface WorkflowsService {
  /** Such as http://127.0.0.1:8080, where both the definitions and the executions are served. */
  readonly endpoint: string;
  readonly fetch: typeof globalThis.fetch;
}

/** The error of an HTTP answer, in the shape of the other clients' errors: its status is its code. */
class HttpError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
  }
}

export function makeWorkflow(workflow: Workflow, parent: string, service: WorkflowsService): Making {
  const wanted = { description: workflow.description, sourceContents: workflow.source };
  const collection = `${service.endpoint}/v1/${parent}/workflows`;
  return {
    kind: 'workflow',
    name: workflow.name,
    create: async () => {
      await finished(await call(service, 'POST', `${collection}?workflowId=${workflow.name}`, wanted));
    },
    compare: async () => differences(wanted, await call(service, 'GET', `${collection}/${workflow.name}`)),
    change: async () => {
      const mask = Object.keys(wanted).join(',');
      await finished(
        await call(service, 'PATCH', `${collection}/${workflow.name}?updateMask=${mask}`, wanted),
      );
    },
  };
}

async function call(service: WorkflowsService, method: string, url: string, body?: object): Promise<unknown> {
  const response = await service.fetch(url, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new HttpError(response.status, messageIn(text));
  return JSON.parse(text);
}

/** An error answer is JSON with the service's sentence, or whatever stands between us and the service has to say. */
function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? text.slice(0, 500);
  } catch {
    return text.slice(0, 500);
  }
}

/** Workflows answers with an operation. The embedded server has finished when it answers. */
async function finished(operation: unknown): Promise<void> {
  const { done, error } = operation as { done?: boolean; error?: { message?: string } };
  if (error)
    throw new SetupError(`the workflow was refused: ${error.message}`, {
      action: 'Correct the definition in dags/',
    });
  if (done !== true) {
    throw new SetupError('the workflow is still being made', {
      expected: 'an operation that is done, as the embedded server gives',
      got: JSON.stringify(operation).slice(0, 200),
      action: 'In the cloud, make resources with cdktf deploy',
    });
  }
}
