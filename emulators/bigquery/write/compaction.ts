import type { Clock, Timer } from '../../frame/index.ts';

/** Less is read quickly as it lies. */
const manyRows = 1_000_000;
/** Until then the query that asked is over; it would share its core with the checkpoint. */
const afterMilliseconds = 1_000;

/**
 * Rows lie as they came until a checkpoint compresses them, and texts that repeat are then counted many times faster:
 * a GROUP BY over five million rows takes a fifth. Compressing costs more than bringing in, so it is done only for
 * tables that somebody reads, and once for many rows.
 */
export class Compaction {
  readonly #clock: Clock;
  readonly #checkpoint: () => Promise<void>;
  readonly #rows = new Map<string, number>();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;

  constructor(clock: Clock, checkpoint: () => Promise<void>) {
    this.#clock = clock;
    this.#checkpoint = checkpoint;
  }

  brought(table: string, rows: number): void {
    this.#rows.set(table, (this.#rows.get(table) ?? 0) + rows);
  }

  /** A query is about to read these. */
  asked(tables: readonly string[]): void {
    if (this.#timer || !tables.some((table) => (this.#rows.get(table) ?? 0) >= manyRows)) return;
    this.#timer = this.#clock.setTimer(afterMilliseconds, () => {
      this.#running = this.#run();
    });
  }

  /** Done when no checkpoint is under way. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#checkpoint();
      this.#rows.clear();
    } catch {
      // DuckDB makes none beside a transaction that has written; the next query asks again.
    } finally {
      this.#timer = undefined;
    }
  }
}
