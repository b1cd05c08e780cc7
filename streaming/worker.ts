import { type Clock, DefectError, TransientError } from '../runtime/index.ts';
import { earliest } from './batch.ts';
import type { LaneFigures } from './meter.ts';

/** What the worker needs to know of a lane. */
export interface WorkerLane {
  readonly name: string;
  readonly unsettled: number;
  readonly oldestAt: number | undefined;
  open(): void;
  stop(): Promise<void>;
  hurry(): void;
}

export interface WorkerParts {
  readonly lanes: readonly WorkerLane[];
  readonly figures: () => readonly LaneFigures[];
  readonly turnWindow: () => void;
  /** Closes what the lanes share: dead letters, clients. */
  readonly close: () => Promise<void>;
  readonly clock: Clock;
}

/** The platform kills ten seconds after SIGTERM: two of them are kept for what still answers. */
const hurryMillis = 6_000;
const leaveMillis = 8_000;

export type WorkerState = 'running' | 'draining' | 'stopped' | 'crashed';

/**
 * The worker: one lane per sink, each with its own subscription, pace and acks.
 *
 * - *running*: all lanes are open. `stop()` → draining. `crash()` → crashed.
 * - *draining*: no lane pulls; each writes what it holds and acknowledges it. When all have → stopped. After six
 *   seconds the waiting between retries ends; after eight → crashed, with what is still held. A second `stop()` does
 *   both at once. What is not durable is not acknowledged and comes again.
 * - *stopped*: nothing is held, nothing is open. Everything else is ignored.
 * - *crashed*: an error nobody understands, or no end of draining. Nothing more is acknowledged; `ended` rejects and
 *   the process must end, so that everything unsettled is handed to another.
 */
export class Worker {
  private current: WorkerState = 'running';
  private readonly parts: WorkerParts;
  private readonly ending = Promise.withResolvers<void>();

  constructor(parts: WorkerParts) {
    this.parts = parts;
    for (const lane of parts.lanes) lane.open();
  }

  get state(): WorkerState {
    return this.current;
  }

  /** Resolves when stopped, rejects when crashed. */
  get ended(): Promise<void> {
    return this.ending.promise;
  }

  figures(): readonly LaneFigures[] {
    return this.parts.figures();
  }

  /** Begins a new window for the recent latencies: whoever shows them once a second calls it. */
  turnWindow(): void {
    this.parts.turnWindow();
  }

  get unsettled(): number {
    return this.parts.lanes.reduce((sum, lane) => sum + lane.unsettled, 0);
  }

  /** When the oldest of them came, in milliseconds since the epoch. */
  get oldestAt(): number | undefined {
    return earliest(this.parts.lanes.map((lane) => lane.oldestAt));
  }

  stop(): void {
    if (this.current === 'draining') this.leave();
    if (this.current !== 'running') return;
    this.current = 'draining';
    const drained = new AbortController();
    this.drain()
      .then(
        () => this.end(),
        (error: unknown) => this.crash(error),
      )
      .finally(() => drained.abort());
    void this.watch(drained.signal);
  }

  crash(error: unknown): void {
    if (this.current === 'stopped' || this.current === 'crashed') return;
    this.current = 'crashed';
    this.ending.reject(error ?? new DefectError('the worker crashed without an error'));
  }

  private async drain(): Promise<void> {
    await Promise.all(this.parts.lanes.map((lane) => lane.stop()));
    await this.parts.close();
  }

  /** Sees to it that draining ends, whatever the other side does. */
  private async watch(drained: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    await clock.sleep(hurryMillis, drained);
    if (drained.aborted) return;
    this.hurry();
    await clock.sleep(leaveMillis - hurryMillis, drained);
    if (!drained.aborted) this.leave();
  }

  private hurry(): void {
    for (const lane of this.parts.lanes) lane.hurry();
  }

  private leave(): void {
    this.hurry();
    const held = `${this.unsettled} messages still held`;
    this.crash(
      new TransientError('the worker left before it had drained', {
        expected: 'everything written and acknowledged',
        got: held,
        action: 'Nothing is lost: they come again',
      }),
    );
  }

  private end(): void {
    if (this.current !== 'draining') return;
    this.current = 'stopped';
    this.ending.resolve();
  }
}
