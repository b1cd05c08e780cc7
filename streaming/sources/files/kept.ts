import type { Instant } from '../../../contracts/index.ts';

/** A message as a file holds it: whole, as Pub/Sub archived it, or only its body. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly messageId: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishedAt: Instant | undefined;
}
