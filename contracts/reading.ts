import type { Correction, CorrectionKind } from './column.ts';
import type { DeadReason, Death } from './outcome.ts';

export const longestExcerpt = 200;

/** Every row of a message carries its list: without a bound, one message of 10 MB becomes gigabytes of rows. */
export const mostCorrections = 50;

/** What the message is found wanting of, before it is known by which id. */
export type Flaw = Omit<Death, 'eventId'>;

/**
 * What is noted while one message is read: where the reader stands, what it corrected, and the first flaw.
 * One object serves all messages, so that a good message allocates nothing for it.
 */
export class Reading {
  part = '';
  /** Position in the list that is read; -1 outside of lists. */
  index = -1;
  /** The body had no envelope, so what only events have may be derived. */
  bare = false;
  flaw: Flaw | undefined;
  /**
   * How long the text is at least that says what was read so far, and nothing else. A message that is no longer
   * than that cannot hide anything: no unknown field, no key twice, no escape.
   */
  weight = 0;
  /** Set while a message is read again that may say more than the contract knows. */
  additional: Map<object, Record<string, unknown>> | undefined;
  corrections: Correction[] = [];

  reset(): void {
    this.part = '';
    this.index = -1;
    this.bare = false;
    this.flaw = undefined;
    this.weight = 0;
    this.additional = undefined;
    // A new list: the last one may be in an outcome.
    if (this.corrections.length > 0) this.corrections = [];
  }

  path(name: string): string {
    const list = this.index < 0 ? this.part : `${this.part}/${this.index}`;
    return name === '' ? list : `${list}/${name}`;
  }

  corrected(name: string, kind: CorrectionKind): void {
    this.note(this.path(name), kind);
  }

  note(path: string, kind: CorrectionKind): void {
    if (this.corrections.length < mostCorrections) this.corrections.push({ path, kind });
  }

  /** The first flaw counts: the later ones may be caused by it. */
  fail(reason: DeadReason, name: string, expected: string, got: unknown): undefined {
    return this.failAt(reason, this.path(name), expected, excerpt(got));
  }

  failAt(reason: DeadReason, path: string, expected: string, got: string): undefined {
    this.flaw ??= { reason, path, expected, got };
    return undefined;
  }
}

/** A value of JSON, shortened for a person. */
export function excerpt(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value.slice(0, longestExcerpt + 1) : value;
  return cut(typeof text === 'number' ? String(text) : JSON.stringify(text));
}

export function cut(text: string): string {
  return text.length <= longestExcerpt ? text : `${text.slice(0, longestExcerpt - 1).toWellFormed()}…`;
}
