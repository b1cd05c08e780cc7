/** A batch of deliveries and what is written around it; one with a larger message in it has memory of its own. */
const pieceBytes = 320 * 1024;
const keptPieces = 16;

/**
 * The memory of responses on their way, used again once they are sent. New memory for each would be garbage of as many
 * bytes as are delivered, and V8 marks its whole heap each time some tens of megabytes of such have come.
 */
export class ResponseMemory {
  readonly #free: Buffer[] = [];

  take(size: number): Buffer {
    if (size > pieceBytes) return Buffer.allocUnsafeSlow(size);
    return (this.#free.pop() ?? Buffer.allocUnsafeSlow(pieceBytes)).subarray(0, size);
  }

  giveBack(bytes: Buffer): void {
    if (bytes.buffer.byteLength !== pieceBytes || this.#free.length >= keptPieces) return;
    this.#free.push(Buffer.from(bytes.buffer));
  }
}
