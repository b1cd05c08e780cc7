/** More words than any message has that is written to a tape: each stands for two of its characters at least. */
const room = 65_536;

/** Canonical content as the words that the content hash is made of, written down while a message is read. */
export class WordTape {
  readonly words = new Int32Array(room);
  length = 0;

  word(value: number): void {
    this.words[this.length++] = value;
  }

  /** A place for a word that is known later. */
  gap(): number {
    return this.length++;
  }

  number(value: number): void {
    const low = value >>> 0;
    this.words[this.length] = low;
    this.words[this.length + 1] = (value - low) / 0x100000000;
    this.length += 2;
  }

  text(value: string): void {
    const { length } = value;
    this.word(length);
    for (let i = 0; i < length; i += 2)
      this.word(value.charCodeAt(i) | (i + 1 < length ? value.charCodeAt(i + 1) << 16 : 0));
  }

  /** The same of a text that stands in these bytes. */
  ascii(bytes: Uint8Array, from: number, length: number): void {
    const { words } = this;
    let to = this.length;
    words[to++] = length;
    const end = from + length;
    let i = from + 1;
    for (; i < end; i += 2) words[to++] = (bytes[i - 1] as number) | ((bytes[i] as number) << 16);
    if (i === end) words[to++] = bytes[i - 1] as number;
    this.length = to;
  }
}
