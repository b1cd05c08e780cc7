const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Bytes cut into lines, without their ends and without empty ones. A line is held until its end comes; of one that is
 * longer than anybody takes, the beginning is handed over, so that its death is recorded, and the rest passed over.
 */
export class LineCutter {
  private readonly longestLine: number;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private skipping = false;

  constructor(longestLine: number) {
    this.longestLine = longestLine;
  }

  /** The lines that end in this piece; views into it where they lie in it whole. */
  *lines(piece: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, from)) {
      const line = this.ended(piece.subarray(from, end));
      from = end + 1;
      if (line) yield line;
    }
    const tooLong = this.hold(piece.subarray(from));
    if (tooLong) yield tooLong;
  }

  /** What stood behind the last line's end. */
  rest(): Uint8Array | undefined {
    return this.ended(new Uint8Array(0));
  }

  private ended(tail: Uint8Array): Uint8Array | undefined {
    const whole = this.held.length === 0 ? tail : Buffer.concat([...this.held, tail]);
    const { skipping } = this;
    this.forget();
    if (skipping) return undefined;
    const line = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole;
    return line.length > 0 ? line : undefined;
  }

  private hold(part: Uint8Array): Uint8Array | undefined {
    if (this.skipping || part.length === 0) return undefined;
    this.held.push(part);
    this.heldBytes += part.length;
    if (this.heldBytes <= this.longestLine) return undefined;
    const begun = Buffer.concat(this.held);
    this.forget();
    this.skipping = true;
    return begun;
  }

  private forget(): void {
    this.held = [];
    this.heldBytes = 0;
    this.skipping = false;
  }
}
