import { type Backoff, type Clock, OrderlakeError, retrying, SetupError } from '../runtime/index.ts';
import { Batch, type BatchBounds } from './batch.ts';
import type { Refused, Sink } from './sink.ts';

export interface WriterOptions {
  readonly bounds: BatchBounds;
  /** How many batches may be on the wire at once. 1 keeps them in order. */
  readonly concurrency: number;
  readonly transient: Backoff;
  /** For what a person must mend first: long waits, no end. */
  readonly setup: Backoff;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface WriterEvents<T> {
  written(items: readonly T[], refused: readonly Refused<T>[]): void;
  /** Retries are used up: the items are not known to be durable. */
  gaveUp(items: readonly T[], error: OrderlakeError): void;
  retried(error: OrderlakeError, waitMillis: number): void;
  /** Not an error of ours: the process must not go on. */
  crashed(error: unknown): void;
}

/**
 * Gathers items into batches and writes them.
 *
 * States: *idle* (no items, nothing on the wire) → *gathering* (a batch is open; a timer runs until its first
 * item is `bounds.millis` old) → *writing* (1 to `concurrency` batches on the wire; the next one gathers on
 * behind them, growing past its bounds while all places are taken) → idle. `drain` cuts the gathering short and
 * resolves when the wire is empty. There is no other way to lose an item than a crash of the process, and then
 * none of its messages was acknowledged.
 */
export class BatchedWriter<T> {
  private readonly sink: Sink<T>;
  private readonly options: WriterOptions;
  private readonly events: WriterEvents<T>;
  private open: Batch<T> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** In the order they were opened, so the oldest is the first. */
  private readonly onTheWire = new Set<Batch<T>>();
  private nextBatchId = 1;
  private drained: (() => void) | undefined;
  private draining = false;
  private readonly abort = new AbortController();

  constructor(sink: Sink<T>, options: WriterOptions, events: WriterEvents<T>) {
    this.sink = sink;
    this.options = options;
    this.events = events;
  }

  /** How many items have not ended one way or the other. */
  get pending(): number {
    let count = this.open?.items.length ?? 0;
    for (const { items } of this.onTheWire) count += items.length;
    return count;
  }

  /** When the oldest of them came, in milliseconds since the epoch. */
  get oldestAt(): number | undefined {
    const [oldest = this.open] = this.onTheWire;
    return oldest?.openedAt;
  }

  add(item: T, bytes: number): void {
    this.open ??= new Batch(this.options.clock.now());
    this.open.add(item, bytes);
    // The timer sees to it; asking the clock for every item would be a good part of what an item costs here.
    if (this.timer !== undefined && !this.open.isFull(this.options.bounds)) return;
    this.writeWhatIsDue();
  }

  /** Writes what is gathered without waiting for more, and resolves when all of it has ended one way or the other. */
  async drain(): Promise<void> {
    this.draining = true;
    this.writeWhatIsDue();
    if (this.pending > 0) await new Promise<void>((resolve) => (this.drained = resolve));
  }

  /** Stops waiting between retries: whatever is not durable now is given up (and so never acknowledged). */
  stopRetrying(): void {
    this.abort.abort();
  }

  private writeWhatIsDue(): void {
    const { bounds, clock, concurrency } = this.options;
    const batch = this.open;
    const now = clock.now();
    if (!batch || this.onTheWire.size >= concurrency) return;
    if (!this.draining && !batch.isDue(bounds, now)) {
      this.timer ??= setTimeout(() => this.timerFired(), bounds.millis - (now - batch.openedAt));
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.open = undefined;
    this.onTheWire.add(batch);
    void this.write(batch.items).then(() => this.batchEnded(batch));
  }

  private timerFired(): void {
    this.timer = undefined;
    this.writeWhatIsDue();
  }

  private batchEnded(batch: Batch<T>): void {
    this.onTheWire.delete(batch);
    this.writeWhatIsDue();
    if (this.draining && this.pending === 0) this.drained?.();
  }

  private async write(items: readonly T[]): Promise<void> {
    const batchId = this.nextBatchId++;
    try {
      const refused = await this.untilWritten(items, batchId);
      this.events.written(items, refused);
    } catch (error) {
      if (error instanceof OrderlakeError && error.retriable) this.events.gaveUp(items, error);
      else this.events.crashed(error);
    }
  }

  private untilWritten(items: readonly T[], batchId: number): Promise<readonly Refused<T>[]> {
    const { transient, setup, clock, random } = this.options;
    return retrying(
      () => this.sink.write(items, batchId),
      (error) => (error instanceof SetupError ? setup : transient),
      {
        random,
        sleep: clock.sleep,
        signal: this.abort.signal,
        onRetry: (error, _attempt, wait) => this.events.retried(error, wait),
      },
    );
  }
}
