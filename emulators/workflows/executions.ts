import { type Clock, ServiceError } from '../frame/index.ts';
import { contextOf, type ExecutionHost, Interpreter } from './interpreter.ts';
import { Raised } from './raised.ts';
import { readWorkflow } from './steps/read-workflow.ts';
import type { Value, ValueMap } from './value.ts';
import type { WorkflowResource } from './workflows.ts';

/** The REST form of an execution. */
export interface Execution {
  readonly name: string;
  readonly argument: string;
  readonly startTime: string;
  readonly workflowRevisionId: string;
  readonly callLogLevel: string;
  readonly state: 'ACTIVE' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly endTime?: string;
  readonly duration?: string;
  readonly result?: string;
  readonly error?: { readonly payload: string; readonly context: string; readonly stackTrace: object };
}

export interface ExecutionSettings {
  /** BIGQUERY_EMULATOR_HOST: the API's base address, with /bigquery/v2. */
  readonly bigqueryHost: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

/**
 * Each execution is ACTIVE from its creation and ends once: SUCCEEDED with the result of `main`, FAILED with what
 * nothing excepted, or CANCELLED when the emulator stops. It keeps running the revision that it began with.
 */
export class Executions {
  readonly #executions = new Map<string, Execution>();
  readonly #logs = new Map<string, ValueMap[]>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #settings: ExecutionSettings;

  constructor(settings: ExecutionSettings) {
    this.#settings = settings;
  }

  start(workflow: WorkflowResource, argument: string): Execution {
    const id = this.#settings.newId();
    const startedAt = this.#settings.clock.now();
    const execution: Execution = {
      name: `${workflow.name}/executions/${id}`,
      argument,
      startTime: new Date(startedAt).toISOString(),
      workflowRevisionId: workflow.revisionId,
      callLogLevel: 'CALL_LOG_LEVEL_UNSPECIFIED',
      state: 'ACTIVE',
    };
    const input = argumentOf(argument);
    const interpreter = new Interpreter(
      readWorkflow(workflow.sourceContents),
      this.#host(workflow, execution),
    );
    this.#executions.set(execution.name, execution);
    const run = interpreter
      .run(input)
      .then(
        (result) => ({ state: 'SUCCEEDED' as const, result: JSON.stringify(result) }),
        (error: unknown) => this.#endOf(error),
      )
      .then((end) => this.#finish({ ...execution, ...end }, startedAt));
    this.#running.add(run);
    run.finally(() => this.#running.delete(run));
    return execution;
  }

  get(name: string): Execution {
    const execution = this.#executions.get(name);
    if (execution === undefined) throw new ServiceError('NOT_FOUND', `Execution ${name} does not exist.`);
    return execution;
  }

  /** Newest first. */
  list(workflow: string): Execution[] {
    return [...this.#executions.values()]
      .filter((one) => one.name.startsWith(`${workflow}/executions/`))
      .reverse();
  }

  logs(name: string): readonly ValueMap[] {
    return this.#logs.get(name) ?? [];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  #endOf(error: unknown): Pick<Execution, 'state' | 'error'> {
    if (this.#stopping.signal.aborted) return { state: 'CANCELLED' };
    if (error instanceof Raised) {
      return {
        state: 'FAILED',
        error: {
          payload: JSON.stringify(error.value),
          context: contextOf(error),
          stackTrace: { elements: error.frames },
        },
      };
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const payload = JSON.stringify({ message: `the emulator failed: ${text}`, tags: ['SystemError'] });
    return { state: 'FAILED', error: { payload, context: text, stackTrace: { elements: [] } } };
  }

  #finish(execution: Execution, startedAt: number): void {
    const endedAt = this.#settings.clock.now();
    this.#executions.set(execution.name, {
      ...execution,
      endTime: new Date(endedAt).toISOString(),
      duration: `${((endedAt - startedAt) / 1000).toFixed(3)}s`,
    });
  }

  #host(workflow: WorkflowResource, execution: Execution): ExecutionHost {
    const { clock, bigqueryHost } = this.#settings;
    const [, project = '', , location = '', , id = ''] = workflow.name.split('/');
    const environment: Readonly<Record<string, string>> = {
      GOOGLE_CLOUD_PROJECT_ID: project,
      GOOGLE_CLOUD_LOCATION: location,
      GOOGLE_CLOUD_WORKFLOW_ID: id,
      GOOGLE_CLOUD_WORKFLOW_REVISION_ID: workflow.revisionId,
      GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: execution.name.slice(execution.name.lastIndexOf('/') + 1),
    };
    const entries: ValueMap[] = [];
    this.#logs.set(execution.name, entries);
    return {
      bigqueryBase: bigqueryHost.replace(/\/$/, ''),
      signal: this.#stopping.signal,
      now: () => clock.now() / 1000,
      sleep: (seconds) => sleep(clock, seconds, this.#stopping.signal),
      environment: (name) => environment[name],
      log: (entry) => void entries.push({ ...entry, timestamp: new Date(clock.now()).toISOString() }),
    };
  }
}

/** The argument of an execution is JSON as text; none is null. */
function argumentOf(argument: string): Value {
  try {
    return argument === '' ? null : (JSON.parse(argument) as Value);
  } catch {
    throw new ServiceError('INVALID_ARGUMENT', `Expected "argument" to be JSON as text, got ${argument}.`);
  }
}

function sleep(clock: Clock, seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimer(Math.max(0, seconds * 1000), done);
    signal.addEventListener('abort', done);
  });
}
