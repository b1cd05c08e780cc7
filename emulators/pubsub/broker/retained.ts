import type { Clock } from '../../frame/index.ts';
import { type Deadlines, Due } from './deadlines.ts';
import type { StoredMessage } from './message.ts';

/** What is kept beyond its acknowledgement, so that Seek can bring it back, until it is too old. */
export class Retained extends Due {
  /** The journal knows its holder by this. */
  readonly number: number;
  readonly messages = new Map<number, StoredMessage>();
  #retentionMs: number;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #dropped: (message: StoredMessage) => void;

  constructor(
    number: number,
    retentionMs: number,
    surroundings: { clock: Clock; deadlines: Deadlines },
    dropped: (message: StoredMessage) => void,
  ) {
    super();
    this.number = number;
    this.#retentionMs = retentionMs;
    this.#clock = surroundings.clock;
    this.#deadlines = surroundings.deadlines;
    this.#dropped = dropped;
  }

  get retentionMs(): number {
    return this.#retentionMs;
  }

  set retentionMs(retentionMs: number) {
    this.#retentionMs = retentionMs;
    this.due();
  }

  /** False: it has it already. */
  add(message: StoredMessage): boolean {
    if (this.messages.has(message.id)) return false;
    this.messages.set(message.id, message);
    if (this.messages.size === 1) this.#watch(message);
    return true;
  }

  /** The oldest come first, but for acks out of order; those wait for the ones before them. */
  due(): void {
    const oldestAllowed = this.#clock.now() - this.#retentionMs;
    this.#deadlines.cancel(this);
    for (const message of this.messages.values()) {
      if (message.block.publishedAt >= oldestAllowed) {
        this.#watch(message);
        return;
      }
      this.messages.delete(message.id);
      this.#dropped(message);
    }
  }

  clear(): void {
    this.#deadlines.cancel(this);
    for (const message of this.messages.values()) this.#dropped(message);
    this.messages.clear();
  }

  #watch(oldest: StoredMessage): void {
    this.#deadlines.set(this, oldest.block.publishedAt + this.#retentionMs + 1);
  }
}
