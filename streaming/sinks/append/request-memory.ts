/** As many requests as a table has on the way at once. */
const mostSpare = 4;
/** Requests differ in length from batch to batch. */
const stepBytes = 65_536;
/** Twice what a full batch takes; a request that is larger is rare. */
const mostBytes = 2 << 20;

/**
 * Memory of requests, used again once they are answered: the library has copied a request before it is sent, so its
 * answer is the end of it. V8 counts such memory as part of its heap, and each request in one of its own made it mark
 * the whole heap that much earlier.
 */
export class RequestMemory {
  private readonly spare: Buffer[] = [];

  take(bytes: number): Buffer {
    const fit = this.spare.findIndex(({ length }) => length >= bytes);
    const [whole = Buffer.allocUnsafeSlow(Math.ceil(bytes / stepBytes) * stepBytes)] =
      fit < 0 ? [] : this.spare.splice(fit, 1);
    return whole.subarray(0, bytes);
  }

  giveBack({ buffer }: Buffer): void {
    if (buffer.byteLength > mostBytes) return;
    this.spare.push(Buffer.from(buffer));
    // Rather the larger ones, which fit whatever comes.
    if (this.spare.length > mostSpare) this.spare.sort((a, b) => a.length - b.length).shift();
  }
}
