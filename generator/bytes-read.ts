import { statSync } from 'node:fs';

/** How far the reading of some files is: by their bytes as they lie on disk, so that it holds for zipped ones too. */
export class BytesRead {
  private readonly total: number;
  private readonly told: ((share: number) => void) | undefined;
  private bytes = 0;

  /** `told` hears of every piece that was read. */
  constructor(paths: readonly string[], told?: (share: number) => void) {
    this.total = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    this.told = told;
  }

  /** From 0 to 1. */
  get share(): number {
    return this.total === 0 ? 1 : Math.min(1, this.bytes / this.total);
  }

  add(bytes: number): void {
    this.bytes += bytes;
    this.told?.(this.share);
  }
}
