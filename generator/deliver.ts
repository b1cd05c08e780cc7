import { type Clock, systemClock } from '../runtime/index.ts';
import { Books, type BooksOptions } from './books.ts';
import type { Publication } from './publication.ts';
import { TokenBucket } from './token-bucket.ts';

/** Where messages go. */
export interface Destination {
  /** Resolves when there is room for more. */
  send(chunk: readonly Publication[]): Promise<void>;
  /** Something went wrong: nothing more should be sent. */
  readonly failed: boolean;
  /** How many have arrived. */
  readonly arrived: number;
  /** All of the first so many have arrived. */
  readonly arrivedThrough: number;
  /** Resolves when all have arrived; throws what went wrong. */
  finish(): Promise<void>;
}

export interface DeliverOptions extends BooksOptions {
  /** Messages a second; without it, and without `speed`, as fast as possible. */
  readonly rate?: number | undefined;
  /** So many seconds of the shop's time in one second. */
  readonly speed?: number | undefined;
  /** So many messages are sent without any pace first: a shop that has a past when somebody comes to look. */
  readonly history?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How far along a message is in the whole, from 0 to 1, where that is known. */
  readonly shareOf?: ((publication: Publication) => number | undefined) | undefined;
  /** Called about once a second. */
  readonly onProgress?: ((progress: DeliveryReport) => void) | undefined;
  readonly clock?: Clock | undefined;
}

export interface DeliveryReport {
  readonly published: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Messages that were not sent in time: the offered load was that much lower than asked for. */
  readonly overruns: number;
  /** Of the whole, from 0 to 1; null where the end is not known. */
  readonly share: number | null;
}

/** So many at once go to the ledger and to the destination: one system call for the file, one turn of the loop. */
const chunkSize = 500;
/** Half of the client's own delay: a finer pace costs turns of the loop and is not seen on the wire. */
const paceMillis = 5;
const progressEveryMillis = 1_000;

/**
 * Sends the publications in order, each once, until they end or the signal aborts; then waits for what is on
 * its way. A ledger line is written before its message is sent, so a crash can leave a line without a message
 * but never a message without a line.
 */
export async function deliver(
  publications: Iterable<Publication> | AsyncIterable<Publication>,
  destination: Destination,
  options: DeliverOptions,
): Promise<DeliveryReport> {
  const { clock = systemClock, signal } = options;
  const source = new Paced(publications, options);
  const books = new Books(options);
  await source.skip(books.arrived);
  // Opening a shop takes a quarter of a second, finding the middle of a file minutes: the pace begins after that.
  const startedAt = await source.begin(clock);
  let share: number | null = null;
  const report = (): DeliveryReport => {
    const seconds = (clock.now() - startedAt) / 1_000;
    const published = destination.arrived;
    const perSecond = seconds > 0 ? published / seconds : 0;
    return { published, seconds, perSecond, overruns: source.overruns, share };
  };
  let reportedAt = startedAt;
  try {
    while (!signal?.aborted && !destination.failed) {
      const chunk = await source.take(clock.now());
      if (chunk.length === 0 && source.ended) break;
      books.tell(chunk);
      await destination.send(chunk);
      books.note(destination.arrivedThrough);
      if (options.shareOf !== undefined)
        for (const publication of chunk) share = options.shareOf(publication) ?? share;
      const wait = source.waitFor(clock.now());
      if (wait > 0) await clock.sleep(wait, signal);
      if (clock.now() - reportedAt >= progressEveryMillis) {
        reportedAt = clock.now();
        options.onProgress?.(report());
      }
    }
    await destination.finish();
    books.note(destination.arrivedThrough);
  } finally {
    await source.close();
    books.close();
  }
  return report();
}

/** Takes publications as fast as the pace allows: by a rate, by the shop's own time, or at once. */
class Paced {
  ended = false;
  private readonly source: Iterator<Publication> | AsyncIterator<Publication>;
  private readonly rate: number | undefined;
  private bucket: TokenBucket | undefined;
  /** So many may still be taken at once. */
  private unpaced: number;
  private readonly speed: number | undefined;
  private startedAt = 0;
  /** Taken, and not due yet. */
  private waiting: Publication | undefined;
  private firstAt: number | undefined;

  constructor(
    publications: Iterable<Publication> | AsyncIterable<Publication>,
    { rate, speed, history = 0 }: DeliverOptions,
  ) {
    this.source =
      Symbol.iterator in publications
        ? publications[Symbol.iterator]()
        : publications[Symbol.asyncIterator]();
    this.rate = rate;
    this.unpaced = history;
    this.speed = speed;
  }

  /** Past those that a run before has sent. */
  async skip(count: number): Promise<void> {
    this.unpaced = Math.max(0, this.unpaced - count);
    for (let skipped = 0; skipped < count && (await this.next()) !== undefined; skipped++);
  }

  /** Resolves with the time when the first one is there. */
  async begin(clock: Clock): Promise<number> {
    this.waiting = await this.next();
    this.startedAt = clock.now();
    return this.startedAt;
  }

  get overruns(): number {
    return this.bucket?.overruns ?? 0;
  }

  async take(now: number): Promise<Publication[]> {
    const allowed = this.allowed(now);
    const chunk: Publication[] = [];
    while (chunk.length < allowed) {
      const next = this.waiting ?? (await this.next());
      this.waiting = undefined;
      if (next === undefined) break;
      if (this.dueAt(next) > now) {
        this.waiting = next;
        break;
      }
      chunk.push(next);
    }
    return chunk;
  }

  private allowed(now: number): number {
    if (this.unpaced > 0) {
      const allowed = Math.min(chunkSize, this.unpaced);
      this.unpaced -= allowed;
      return allowed;
    }
    if (this.rate === undefined) return chunkSize;
    this.bucket ??= new TokenBucket(this.rate, now);
    return this.bucket.take(chunkSize, now);
  }

  /** Milliseconds until it is worth asking again. */
  waitFor(now: number): number {
    if (this.unpaced > 0) return 0;
    if (this.waiting !== undefined)
      return Math.max(paceMillis, Math.min(this.dueAt(this.waiting) - now, 1_000));
    return this.bucket === undefined ? 0 : Math.max(paceMillis, this.bucket.waitFor(now));
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  private async next(): Promise<Publication | undefined> {
    const result = this.source.next();
    // An await per message would cost more than making it.
    const { done, value } = result instanceof Promise ? await result : result;
    if (done === true) this.ended = true;
    return done === true ? undefined : value;
  }

  private dueAt(publication: Publication): number {
    if (this.speed === undefined) return 0;
    this.firstAt ??= publication.at;
    return this.startedAt + (publication.at - this.firstAt) / 1_000 / this.speed;
  }
}
