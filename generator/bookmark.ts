import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const digits = 20;

/**
 * How far a run has come: so many messages, counted from the first, have all arrived. Beside the ledger, which says
 * what was about to be sent, it tells a run that goes on which messages are unsure. One small write at the same
 * place: whatever kills the process, the file holds the old number or the new one.
 */
export class Bookmark {
  private readonly file: number;
  private at: number;

  constructor(path: string) {
    this.at = numberIn(path);
    this.file = openSync(path, this.at === 0 ? 'w' : 'r+');
  }

  get position(): number {
    return this.at;
  }

  move(position: number): void {
    if (position <= this.at) return;
    this.at = position;
    writeSync(this.file, `${String(position).padStart(digits)}\n`, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}

function numberIn(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    // No file: nothing has arrived that is known of, and everything in the ledger is sent again.
    return 0;
  }
}
