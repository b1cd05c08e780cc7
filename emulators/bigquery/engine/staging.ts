import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The one folder whose files DuckDB may open: what load jobs bring and extract jobs take away passes through here. */
export class Staging {
  readonly folder: string;
  #files = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** In a data folder what an earlier run left is thrown away. */
  static open(parent?: string): Staging {
    if (parent === undefined) return new Staging(mkdtempSync(join(tmpdir(), 'orderlake-bigquery-')));
    const folder = join(parent, 'staging');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    return new Staging(folder);
  }

  newPath(): string {
    return join(this.folder, `file-${++this.#files}`);
  }
  remove(path: string): void {
    rmSync(path, { force: true });
  }
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
