import { closeSync, openSync, writeSync } from 'node:fs';

/** Counts what is wrong with the rows of a replay, and keeps those that could not be read. */
export class Rejects {
  rejected = 0;
  private readonly path: string;
  private file: number | undefined;
  private readonly counts = new Map<string, number>();

  /** The file is made with its first line: a clean replay leaves none. */
  constructor(path: string) {
    this.path = path;
  }

  /** A fault that the replay lives with. */
  count(fault: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  /** A row that is left out. */
  reject(file: string, line: number, reason: string, cells: readonly string[]): void {
    this.rejected++;
    this.count(reason);
    this.file ??= openSync(this.path, 'w');
    const row = cells.join(',').slice(0, 2_000).toWellFormed();
    writeSync(this.file, `${JSON.stringify({ file, line, reason, row })}\n`);
  }

  get faults(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
