/** An entry's place in its lane, which never changes. */
export interface Placed {
  place: number;
}

/** The messages of one ordering key that are not settled, in the order of their publishing. */
export class Lane<Entry extends Placed, Holder> {
  readonly key: string;
  readonly #entries: Entry[] = [];
  #head = 0;
  /** How many entries are gone from the front of the list: an entry's place never changes. */
  #base = 0;
  /** The place of the entry that is delivered next. */
  next = 0;
  /** Who has messages of this key now: until these are settled or given back, nobody else gets any. */
  holder: Holder | undefined;
  leased = 0;
  /** Waits for a back-off to pass. */
  resting = false;

  constructor(key: string) {
    this.key = key;
  }

  get end(): number {
    return this.#base + this.#entries.length;
  }

  get isEmpty(): boolean {
    return this.#head === this.#entries.length;
  }

  push(entry: Entry): void {
    entry.place = this.end;
    this.#entries.push(entry);
  }

  at(place: number): Entry | undefined {
    return this.#entries[place - this.#base];
  }

  get first(): Entry | undefined {
    return this.#entries[this.#head];
  }

  dropFirst(): void {
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries.splice(0, this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
  }

  *from(place: number): Iterable<Entry> {
    for (let at = place; at < this.end; at++) {
      const entry = this.at(at);
      if (entry !== undefined) yield entry;
    }
  }

  entries(): Iterable<Entry> {
    return this.from(this.#base + this.#head);
  }
}
