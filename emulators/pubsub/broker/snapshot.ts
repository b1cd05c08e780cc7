import { Due } from './deadlines.ts';
import type { StoredMessage } from './message.ts';
import type { SnapshotMessage } from './settings.ts';

/** What was not acknowledged on a subscription at one moment, and what its topic got since. */
export class Snapshot extends Due {
  readonly number: number;
  message: SnapshotMessage;
  readonly messages = new Map<number, StoredMessage>();
  readonly #expire: () => void;

  constructor(number: number, message: SnapshotMessage, expire: () => void) {
    super();
    this.number = number;
    this.message = message;
    this.#expire = expire;
  }

  get name(): string {
    return this.message.name ?? '';
  }

  get topicName(): string {
    return this.message.topic ?? '';
  }

  due(): void {
    this.#expire();
  }
}
