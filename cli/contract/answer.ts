import type { Writable } from 'node:stream';
import { isLostReader } from '../lost-reader.ts';

/**
 * What a command answers, line by line, to a reader who may be slow, and is waited for, or who goes away (`| head`):
 * then nothing more is said, and that is no error.
 */
export class Answer {
  /** Nobody reads on. */
  isOver = false;
  private readonly out: Writable;
  private wake: (() => void) | undefined;

  constructor(out: Writable) {
    this.out = out;
    out.on('drain', () => this.wake?.());
    out.on('error', (error) => {
      if (!isLostReader(error)) throw error;
      this.isOver = true;
      this.wake?.();
    });
  }

  async line(words: string): Promise<void> {
    if (this.isOver || this.out.write(`${words}\n`)) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }
}
