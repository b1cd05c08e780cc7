import type { StoredMessage } from './message.ts';

/**
 * Counts who holds a message, and the bytes that are held by anybody: what the bound of memory is about. The messages
 * of one publish call share a piece of memory, which is free only when the last of them is let go.
 */
export class Holdings {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  hold(message: StoredMessage): void {
    if (message.holders++ > 0) return;
    const { block } = message;
    if (block.held++ === 0) this.#bytes += block.bytes.length;
  }

  letGo(message: StoredMessage): void {
    message.holders -= 1;
    if (message.holders > 0) return;
    const { block } = message;
    block.held -= 1;
    if (block.held === 0) this.#bytes -= block.bytes.length;
  }
}
