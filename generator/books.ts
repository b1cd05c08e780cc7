import { Bookmark } from './bookmark.ts';
import { LedgerFile } from './ledger-file.ts';
import type { Publication } from './publication.ts';

export interface BooksOptions {
  /** A file to which one JSON line per message is added, before the message is sent. */
  readonly ledger?: string | undefined;
  /** Go on where the ledger stops; what it tells of and nobody knows to have arrived is sent again, not told again. */
  readonly resume?: boolean | undefined;
}

/** What is written down of a run: in the ledger what is about to be sent, in the bookmark how much has arrived. */
export class Books {
  /** So many messages of a run before have arrived for sure. */
  readonly arrived: number;
  private readonly ledger: LedgerFile | undefined;
  private readonly bookmark: Bookmark | undefined;
  /** Told by a run before, and perhaps never sent. */
  private unsure: number;

  constructor({ ledger, resume }: BooksOptions) {
    this.ledger = ledger === undefined ? undefined : new LedgerFile(ledger);
    this.bookmark = ledger !== undefined && resume === true ? new Bookmark(`${ledger}.arrived`) : undefined;
    const told = this.bookmark ? (this.ledger?.count() ?? 0) : 0;
    this.arrived = Math.min(this.bookmark?.position ?? 0, told);
    this.unsure = told - this.arrived;
  }

  /** Before the messages are sent. */
  tell(chunk: readonly Publication[]): void {
    const toldBefore = Math.min(this.unsure, chunk.length);
    this.unsure -= toldBefore;
    this.ledger?.add(chunk.slice(toldBefore).map((publication) => publication.ledger));
  }

  /** All of the first so many of this run have arrived. */
  note(arrivedThrough: number): void {
    this.bookmark?.move(this.arrived + arrivedThrough);
  }

  close(): void {
    this.ledger?.close();
    this.bookmark?.close();
  }
}
