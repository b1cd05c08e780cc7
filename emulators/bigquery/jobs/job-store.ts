import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { asSqlError, duplicate, notFound } from '../engine/errors.ts';
import type { JobFacts } from '../engine/information-schema/index.ts';
import { checkLabels } from '../engine/labels.ts';
import { tableReference } from '../engine/metadata.ts';
import { SqlError } from '../sql/sql-error.ts';
import { billed } from './dry-run.ts';
import type { Outcome, Outside, Session, Step } from './session.ts';
import { Sessions, type SessionWish } from './sessions.ts';

export interface JobRequest {
  /** The `configuration` that the job answers with. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What positions in errors count in. */
  readonly statement?: string;
  work(session: Session): Promise<Outcome>;
  readonly session?: SessionWish;
}
export interface Job {
  readonly project: string;
  readonly id: string;
  readonly request: JobRequest;
  readonly location: string;
  readonly createdAt: number;
  endedAt?: number;
  outcome?: Outcome;
  error?: SqlError;
  /** The session that it began or went on with. */
  sessionId?: string;
  /** The script that it was a step of. */
  readonly parent?: string;
  /** How many steps it has run. */
  steps: number;
  readonly done: Promise<void>;
  cancel(): void;
}

/** Answers kept for paging; older jobs keep their status and lose their rows, as the service's expire after a day. */
const keptResults = 200;
const keptJobs = 10_000;

/** A job: running → done with an outcome or an error. It begins when it is inserted and is never queued. */
export class JobStore {
  readonly #engine: Engine;
  readonly #jobs = new Map<string, Job>();
  readonly #requests = new Map<string, Job>();
  /** The newest, in their order: only these keep their rows. */
  readonly #latest: Job[] = [];
  readonly #sessions: Sessions;

  constructor(engine: Engine, outside: Outside) {
    this.#engine = engine;
    this.#sessions = new Sessions(engine, outside);
    engine.jobHistory = (project) => this.list(project).map(factsOf);
  }

  insert(project: string, request: JobRequest, asked?: string, location = 'US'): Job {
    checkLabels(request.configuration.labels);
    const id = asked ?? `job_${randomUUID()}`;
    if (this.#jobs.has(`${project}:${id}`)) throw duplicate('Job', `${project}:${location}.${id}`);
    let stop = (): void => {};
    const running = this.#run(request, (session, cancel) => {
      stop = cancel;
      if (session.id !== undefined) job.sessionId = session.id;
      session.onStep = (step) => this.#addStep(job, step);
    });
    const job: Job = {
      project,
      id,
      request,
      location,
      createdAt: this.#engine.clock.now(),
      steps: 0,
      done: running.then(
        (outcome) => this.#end(job, { outcome }),
        (error: unknown) => this.#end(job, { error: asSqlError(error, request.statement) }),
      ),
      cancel: () => stop(),
    };
    this.#keep(job);
    return job;
  }

  #addStep(parent: Job, { text, startedAt, outcome, error }: Step): void {
    const { project, location } = parent;
    this.#keep({
      ...{ project, location, parent: parent.id, createdAt: startedAt, steps: 0 },
      id: `script_job_${randomUUID().replaceAll('-', '')}_${parent.steps++}`,
      request: {
        configuration: { jobType: 'QUERY', query: { query: text, useLegacySql: false } },
        statement: text,
        work: () => Promise.resolve(outcome ?? { statementType: '' }),
      },
      endedAt: this.#engine.clock.now(),
      ...(outcome && { outcome }),
      ...(error && { error }),
      done: Promise.resolve(),
      cancel: () => {},
    });
  }

  #end(job: Job, how: Pick<Job, 'outcome' | 'error'>): void {
    Object.assign(job, how, { endedAt: this.#engine.clock.now() });
  }

  /** A job is found where it runs, or by whoever does not say where to look. */
  get(project: string, id: string, location?: string | null): Job {
    const found = this.#jobs.get(`${project}:${id}`);
    if (!found || (location && location.toUpperCase() !== found.location.toUpperCase()))
      throw notFound('Job', `${project}:${location ? `${location}.` : ''}${id}`);
    return found;
  }
  /** Forgets a job that is over. */
  delete(project: string, id: string, location: string | null): void {
    const job = this.get(project, id, location);
    if (job.endedAt === undefined)
      throw new SqlError(`Job ${project}:${id} is still running and cannot be deleted`, undefined, 'invalid');
    this.#jobs.delete(`${project}:${id}`);
  }
  /** A request that is sent again under its id, within a quarter of an hour, gets the job that it got before. */
  requested(project: string, requestId: string | undefined, make: () => Job): Job {
    if (requestId === undefined) return make();
    const key = `${project} ${requestId}`;
    const before = this.#requests.get(key);
    if (before && before.createdAt > this.#engine.clock.now() - 15 * 60_000) return before;
    const job = make();
    this.#requests.set(key, job);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > keptResults && oldest !== undefined) this.#requests.delete(oldest);
    return job;
  }
  list(project: string): Job[] {
    return [...this.#jobs.values()].filter((j) => j.project === project).reverse();
  }

  async settled(): Promise<void> {
    for (const job of this.#jobs.values()) if (job.endedAt === undefined) job.cancel();
    await Promise.all([...this.#jobs.values()].map((j) => j.done));
    await this.#sessions.close();
  }

  async #run(request: JobRequest, onStart: (session: Session, cancel: () => void) => void): Promise<Outcome> {
    const session = await this.#sessions.take(request.session);
    let over = false;
    let why = 'User requested cancellation';
    const cancel = (): void => {
      // The session may be another query's by then.
      if (over) return;
      session.cancelled = true;
      // An interrupt that comes between two statements of DuckDB stops neither: it is repeated until the job ends.
      session.connection.interrupt();
      setTimeout(cancel, 20).unref();
    };
    const limit = Number(request.configuration.jobTimeoutMs ?? 0);
    const timer =
      limit > 0
        ? this.#engine.clock.setTimer(limit, () => {
            why = `Job timed out after ${limit / 1000}s`;
            cancel();
          })
        : undefined;
    onStart(session, cancel);
    try {
      return await request.work(session);
    } catch (error) {
      throw session.cancelled
        ? new SqlError(`Job execution was cancelled: ${why}`, undefined, 'stopped')
        : error;
    } finally {
      over = true;
      timer?.cancel();
      await this.#sessions.giveBack(session);
    }
  }

  #keep(job: Job): void {
    this.#jobs.set(`${job.project}:${job.id}`, job);
    this.#latest.push(job);
    const old = this.#latest.length > keptResults ? this.#latest.shift() : undefined;
    if (old?.outcome?.result) {
      const { result: _, ...rest } = old.outcome;
      old.outcome = rest;
    }
    const [oldest] = this.#jobs.size > keptJobs ? this.#jobs : [];
    if (oldest?.[1].endedAt !== undefined) this.#jobs.delete(oldest[0]);
  }
}

function factsOf(job: Job): JobFacts {
  const { configuration, statement } = job.request;
  const kind = ['load', 'copy', 'extract'].find((k) => configuration[k] !== undefined) ?? 'query';
  const filled = job.outcome?.target?.table;
  const own = (configuration[kind] ?? {}) as { destinationTable?: NonNullable<JobFacts['destination']> };
  return {
    project: job.project,
    id: job.id,
    parent: job.parent,
    type: kind.toUpperCase(),
    statementType: kind === 'query' ? job.outcome?.statementType : undefined,
    query: statement,
    createdAt: job.createdAt,
    endedAt: job.endedAt,
    error: job.error,
    bytes: job.outcome?.bytes ?? 0,
    billed: billed(job.outcome?.bytes ?? 0),
    session: job.sessionId,
    changes: job.outcome?.affected,
    referenced: (job.outcome?.referenced ?? []).map(tableReference),
    labels: (configuration.labels ?? {}) as Record<string, string>,
    destination: own.destinationTable ?? (filled && tableReference(filled)),
  };
}
