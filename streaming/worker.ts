import { DefectError } from '../runtime/index.ts';
import type { LaneFigures } from './meter.ts';

/** What the worker needs to know of a lane. */
export interface WorkerLane {
  readonly name: string;
  readonly unsettled: number;
  open(): void;
  stop(): Promise<void>;
  hurry(): void;
}

export interface WorkerParts {
  readonly lanes: readonly WorkerLane[];
  readonly figures: () => readonly LaneFigures[];
  /** Closes what the lanes share: dead letters, clients. */
  readonly close: () => Promise<void>;
}

type State = 'running' | 'draining' | 'stopped' | 'crashed';

/**
 * The worker: one lane per sink, each with its own subscription, pace and acks.
 *
 * - *running*: all lanes are open. `stop()` → draining. `crash()` → crashed.
 * - *draining*: no lane pulls; each writes what it holds and acknowledges it. When all have → stopped.
 *   A second `stop()` ends the waiting between retries: what is not durable is refused and comes again.
 * - *stopped*: nothing is held, nothing is open. Everything else is ignored.
 * - *crashed*: an error nobody understands. Nothing more is acknowledged; `ended` rejects and the process must
 *   end, so that everything unsettled is handed to another.
 */
export class Worker {
  private state: State = 'running';
  private readonly parts: WorkerParts;
  private readonly ending = Promise.withResolvers<void>();

  constructor(parts: WorkerParts) {
    this.parts = parts;
    for (const lane of parts.lanes) lane.open();
  }

  /** Resolves when stopped, rejects when crashed. */
  get ended(): Promise<void> {
    return this.ending.promise;
  }

  figures(): readonly LaneFigures[] {
    return this.parts.figures();
  }

  get unsettled(): number {
    return this.parts.lanes.reduce((sum, lane) => sum + lane.unsettled, 0);
  }

  stop(): void {
    if (this.state === 'draining') for (const lane of this.parts.lanes) lane.hurry();
    if (this.state !== 'running') return;
    this.state = 'draining';
    this.drain().then(
      () => this.end(),
      (error: unknown) => this.crash(error),
    );
  }

  crash(error: unknown): void {
    if (this.state === 'stopped' || this.state === 'crashed') return;
    this.state = 'crashed';
    this.ending.reject(error ?? new DefectError('the worker crashed without an error'));
  }

  private async drain(): Promise<void> {
    await Promise.all(this.parts.lanes.map((lane) => lane.stop()));
    await this.parts.close();
  }

  private end(): void {
    if (this.state !== 'draining') return;
    this.state = 'stopped';
    this.ending.resolve();
  }
}
