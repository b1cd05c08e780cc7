import type { StoredMessage } from './message.ts';

/** Counts who holds a message, and the bytes that are held by anybody: what the bound of memory is about. */
export class Holdings {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  hold(message: StoredMessage): void {
    if (message.holders === 0) this.#bytes += message.size;
    message.holders += 1;
  }

  letGo(message: StoredMessage): void {
    message.holders -= 1;
    if (message.holders === 0) this.#bytes -= message.size;
  }
}
