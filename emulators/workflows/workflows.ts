import { type Clock, invalid, ServiceError } from '../frame/index.ts';
import { readWorkflow } from './steps/read-workflow.ts';

/** The REST form of a workflow. */
export interface WorkflowResource {
  readonly name: string;
  readonly description: string;
  readonly state: 'ACTIVE';
  readonly revisionId: string;
  readonly createTime: string;
  readonly updateTime: string;
  readonly revisionCreateTime: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly sourceContents: string;
  readonly callLogLevel: string;
}

const writable = ['description', 'labels', 'serviceAccount', 'sourceContents', 'callLogLevel'] as const;
/** What the service fills in itself, and clients send back. */
const ignored = ['name', 'state', 'revisionId', 'createTime', 'updateTime', 'revisionCreateTime'];

type Fields = Partial<Pick<WorkflowResource, (typeof writable)[number]>>;

export class Workflows {
  readonly #workflows = new Map<string, WorkflowResource>();
  readonly #clock: Clock;
  #revisions = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(parent: string, id: string, body: unknown): WorkflowResource {
    if (!/^[A-Za-z]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/.test(id)) {
      throw invalid(`Expected workflowId: a letter, then letters, digits, - and _, at most 64; got "${id}".`);
    }
    const name = `${parent}/workflows/${id}`;
    if (this.#workflows.has(name))
      throw new ServiceError('ALREADY_EXISTS', `Workflow ${name} already exists.`);
    const fields = fieldsOf(body);
    if (fields.sourceContents === undefined) throw invalid('Expected sourceContents.');
    readWorkflow(fields.sourceContents);
    const now = this.#now();
    return this.#keep({
      name,
      description: '',
      state: 'ACTIVE',
      labels: {},
      serviceAccount: '',
      callLogLevel: 'CALL_LOG_LEVEL_UNSPECIFIED',
      ...fields,
      sourceContents: fields.sourceContents,
      revisionId: this.#nextRevision(),
      createTime: now,
      updateTime: now,
      revisionCreateTime: now,
    });
  }

  get(name: string): WorkflowResource {
    const workflow = this.#workflows.get(name);
    if (workflow === undefined) throw new ServiceError('NOT_FOUND', `Workflow ${name} does not exist.`);
    return workflow;
  }

  list(parent: string): WorkflowResource[] {
    return [...this.#workflows.values()].filter((one) => one.name.startsWith(`${parent}/workflows/`));
  }

  /** Without a mask all the fields that were sent; a new source or service account makes a new revision. */
  patch(name: string, body: unknown, mask: readonly string[]): WorkflowResource {
    const current = this.get(name);
    const sent = Object.entries(fieldsOf(body)).filter(([key]) => mask.length === 0 || mask.includes(key));
    const fields: Fields = Object.fromEntries(sent);
    if (fields.sourceContents !== undefined) readWorkflow(fields.sourceContents);
    const now = this.#now();
    const isRevision = fields.sourceContents !== undefined || fields.serviceAccount !== undefined;
    const revision = isRevision ? { revisionId: this.#nextRevision(), revisionCreateTime: now } : {};
    return this.#keep({ ...current, ...fields, ...revision, updateTime: now });
  }

  delete(name: string): void {
    this.get(name);
    this.#workflows.delete(name);
  }

  #keep(workflow: WorkflowResource): WorkflowResource {
    this.#workflows.set(workflow.name, workflow);
    return workflow;
  }

  #nextRevision(): string {
    this.#revisions += 1;
    return `${String(this.#revisions).padStart(6, '0')}-000`;
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null) throw invalid('Expected a workflow.');
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    if (ignored.includes(key)) continue;
    if (!writable.some((one) => one === key))
      throw invalid(`The field ${key} is not implemented by this emulator.`);
    const isRight =
      key === 'labels' ? typeof value === 'object' && value !== null : typeof value === 'string';
    if (!isRight) throw invalid(`Expected ${key} to be ${key === 'labels' ? 'a map' : 'text'}.`);
    fields[key] = value;
  }
  return fields as Fields;
}
