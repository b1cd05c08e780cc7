import { type HttpAction, type HttpCall, invalid, ServiceError } from '../frame/index.ts';
import type { Execution, Executions } from './executions.ts';
import type { WorkflowResource, Workflows } from './workflows.ts';

const parent = '/v1/projects/{project}/locations/{location}';
const service = 'google.cloud.workflows.v1';

/** The methods of workflows.googleapis.com and workflowexecutions.googleapis.com; one port serves both. */
export function actionsOf(workflows: Workflows, executions: Executions, now: () => number): HttpAction[] {
  const operations = new Map<string, object>();
  const done = (call: HttpCall, verb: string, target: string, response: object) => {
    const name = `${parentOf(call)}/operations/operation-${operations.size + 1}`;
    const time = new Date(now()).toISOString();
    const metadata = {
      '@type': type('OperationMetadata'),
      createTime: time,
      endTime: time,
      target,
      verb,
      apiVersion: 'v1',
    };
    const operation = { name, metadata, done: true, response };
    operations.set(name, operation);
    return { status: 200, json: operation };
  };
  const typed = (workflow: WorkflowResource) => ({ '@type': type('Workflow'), ...workflow });

  return [
    {
      name: 'workflows.projects.locations.workflows.create',
      verb: 'POST',
      path: `${parent}/workflows`,
      handle: async (call) => {
        const id = call.url.searchParams.get('workflowId') ?? '';
        const workflow = workflows.create(parentOf(call), id, await call.json());
        return done(call, 'create', workflow.name, typed(workflow));
      },
    },
    {
      name: 'workflows.projects.locations.workflows.list',
      verb: 'GET',
      path: `${parent}/workflows`,
      handle: (call) => ({ status: 200, json: page(call, 'workflows', workflows.list(parentOf(call))) }),
    },
    {
      name: 'workflows.projects.locations.workflows.get',
      verb: 'GET',
      path: `${parent}/workflows/{workflow}`,
      handle: (call) => ({ status: 200, json: workflows.get(workflowOf(call)) }),
    },
    {
      name: 'workflows.projects.locations.workflows.patch',
      verb: 'PATCH',
      path: `${parent}/workflows/{workflow}`,
      handle: async (call) => {
        const workflow = workflows.patch(workflowOf(call), await call.json(), maskOf(call));
        return done(call, 'update', workflow.name, typed(workflow));
      },
    },
    {
      name: 'workflows.projects.locations.workflows.delete',
      verb: 'DELETE',
      path: `${parent}/workflows/{workflow}`,
      handle: (call) => {
        workflows.delete(workflowOf(call));
        return done(call, 'delete', workflowOf(call), {
          '@type': 'type.googleapis.com/google.protobuf.Empty',
        });
      },
    },
    {
      name: 'workflows.projects.locations.operations.get',
      verb: 'GET',
      path: `${parent}/operations/{operation}`,
      handle: (call) => {
        const name = `${parentOf(call)}/operations/${call.path.operation}`;
        const operation = operations.get(name);
        if (operation === undefined) throw new ServiceError('NOT_FOUND', `Operation ${name} does not exist.`);
        return { status: 200, json: operation };
      },
    },
    {
      name: 'workflowexecutions.projects.locations.workflows.executions.create',
      verb: 'POST',
      path: `${parent}/workflows/{workflow}/executions`,
      handle: async (call) => {
        const argument = argumentOf(await call.json());
        return { status: 200, json: executions.start(workflows.get(workflowOf(call)), argument) };
      },
    },
    {
      name: 'workflowexecutions.projects.locations.workflows.executions.list',
      verb: 'GET',
      path: `${parent}/workflows/{workflow}/executions`,
      handle: (call) => {
        const workflow = workflows.get(workflowOf(call)).name;
        // The basic view leaves out what may be large.
        const basic = executions
          .list(workflow)
          .map(({ name, startTime, endTime, state, workflowRevisionId }) => ({
            name,
            startTime,
            ...(endTime === undefined ? {} : { endTime }),
            state,
            workflowRevisionId,
          }));
        return { status: 200, json: page(call, 'executions', basic) };
      },
    },
    {
      name: 'workflowexecutions.projects.locations.workflows.executions.get',
      verb: 'GET',
      path: `${parent}/workflows/{workflow}/executions/{execution}`,
      handle: (call) => ({ status: 200, json: executions.get(executionOf(call)) satisfies Execution }),
    },
  ];
}

const type = (name: string): string => `type.googleapis.com/${service}.${name}`;
const parentOf = ({ path }: HttpCall): string => `projects/${path.project}/locations/${path.location}`;
const workflowOf = (call: HttpCall): string => `${parentOf(call)}/workflows/${call.path.workflow}`;
const executionOf = (call: HttpCall): string => `${workflowOf(call)}/executions/${call.path.execution}`;

function maskOf({ url }: HttpCall): string[] {
  return (url.searchParams.get('updateMask') ?? '').split(',').filter((field) => field !== '');
}

function argumentOf(body: unknown): string {
  const { argument = '', ...rest } = (body ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(rest).filter((key) => key !== 'callLogLevel');
  if (unknown.length > 0)
    throw invalid(`The field ${unknown.join(', ')} is not implemented by this emulator.`);
  if (typeof argument !== 'string') throw invalid('Expected "argument" to be JSON as text.');
  return argument;
}

/** Page tokens are positions; a page has at most 1000 entries. */
function page(call: HttpCall, key: string, all: readonly object[]): object {
  const from = Number(call.url.searchParams.get('pageToken') ?? 0);
  const size = Number(call.url.searchParams.get('pageSize') ?? 0) || 500;
  if (!Number.isInteger(from) || !Number.isInteger(size) || from < 0 || size < 0) {
    throw invalid('Expected pageSize and pageToken to be numbers from 0.');
  }
  const end = from + Math.min(size, 1000);
  return { [key]: all.slice(from, end), ...(end < all.length ? { nextPageToken: String(end) } : {}) };
}
