import type { Bucket, Storage } from '@google-cloud/storage';
import type { PlainRequest } from './plain-request.ts';

/** A service to ask, and a bucket of one's own in it. */
export interface Stage {
  readonly client: Storage;
  readonly bucket: Bucket;
  /** A request beside the client. `{bucket}` in the path becomes the name of the bucket. */
  ask(path: string, init?: PlainRequest): Promise<Response>;
}

/**
 * One documented behaviour of Cloud Storage, told as a sentence that its area begins. It knows no test framework and
 * nothing of this emulator, so that any server can be asked.
 */
export interface Scenario {
  readonly area: string;
  readonly name: string;
  run(stage: Stage): Promise<void>;
}

export function scenariosOf(area: string, runs: Readonly<Record<string, Scenario['run']>>): Scenario[] {
  return Object.entries(runs).map(([name, run]) => ({ area, name, run }));
}
