import type { Instant, Received } from '../../../contracts/index.ts';
import type { Clock } from '../../../runtime/index.ts';
import type { Delivery, Source, SourceEvents } from '../../source.ts';
import { messagesIn } from './contents.ts';
import type { MessageFile } from './files.ts';
import type { Kept } from './kept.ts';

export interface FileSourceOptions {
  readonly name: string;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly closeSeconds: number;
}

/** What a sink gave back after all its retries is not asked for again at once. */
const comesAgainMillis = 1_000;

/**
 * Messages from files, one a line or as Pub/Sub archives them, for a replay. Nothing remembers how far it came: what
 * is read twice is written twice, which changes no table.
 *
 * States: *closed* → open() → *reading* ⇄ *full* (`maxMessages` or `maxBytes` are out: no line is read until one is
 * settled) → the last file ends → *read* (what was given back comes again, until all is acknowledged: `finished`) →
 * close() → *closed*. close() ends the reading at once and waits for what is out, for `closeSeconds` at most.
 */
export class FileSource implements Source {
  readonly name: string;
  private readonly files: AsyncIterable<MessageFile>;
  private readonly options: FileSourceOptions;
  private readonly clock: Clock;
  private readonly ending = new AbortController();
  private out = 0;
  private outBytes = 0;
  /** Whoever waits for something to be settled. */
  private wake: (() => void) | undefined;

  constructor(files: AsyncIterable<MessageFile>, options: FileSourceOptions, clock: Clock) {
    this.name = options.name;
    this.files = files;
    this.options = options;
    this.clock = clock;
  }

  open(events: SourceEvents): void {
    this.read(events).catch((error: unknown) => events.fail(error));
  }

  async close(): Promise<void> {
    this.ending.abort();
    this.wake?.();
    if (this.out === 0) return;
    const enough = new AbortController();
    this.wake = () => {
      if (this.out === 0) enough.abort();
    };
    await this.clock.sleep(this.options.closeSeconds * 1_000, enough.signal);
  }

  private async read(events: SourceEvents): Promise<void> {
    for await (const file of this.files) {
      await this.readFile(file, events);
      if (this.ending.signal.aborted) return;
    }
    while (this.out > 0 && !this.ending.signal.aborted) await this.settled();
    if (!this.ending.signal.aborted) events.finished?.();
  }

  private async readFile(file: MessageFile, events: SourceEvents): Promise<void> {
    for await (const messages of messagesIn(file)) {
      for (const kept of messages) {
        await this.room();
        if (this.ending.signal.aborted) return;
        this.hand(events, this.messageOf(kept), 1);
      }
    }
  }

  private async room(): Promise<void> {
    const { maxMessages, maxBytes } = this.options;
    while ((this.out >= maxMessages || this.outBytes >= maxBytes) && !this.ending.signal.aborted) {
      await this.settled();
    }
  }

  private settled(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  private messageOf({ publishedAt, ...kept }: Kept): Received {
    const receivedAt = (this.clock.now() * 1_000) as Instant;
    return { ...kept, publishedAt: publishedAt ?? receivedAt, receivedAt };
  }

  private hand(events: SourceEvents, message: Received, deliveryAttempt: number): void {
    const { length } = message.bytes;
    this.out++;
    this.outBytes += length;
    const settle = () => {
      this.out--;
      this.outBytes -= length;
      this.wake?.();
    };
    const delivery: Delivery = {
      message,
      deliveryAttempt,
      ack: settle,
      nack: () => {
        if (this.ending.signal.aborted) settle();
        else void this.handAgain(events, message, deliveryAttempt + 1, settle);
      },
    };
    events.receive(delivery);
  }

  /** It counts as out while it waits, so that reading neither ends nor runs ahead. */
  private async handAgain(
    events: SourceEvents,
    message: Received,
    attempt: number,
    settle: () => void,
  ): Promise<void> {
    await this.clock.sleep(comesAgainMillis, this.ending.signal);
    if (!this.ending.signal.aborted) this.hand(events, message, attempt);
    settle();
  }
}
