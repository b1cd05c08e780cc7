import { brazilianStates, type Instant, type Money } from '../contracts/index.ts';
import { readInstant } from '../contracts/instant-text.ts';
import { readMoney } from '../contracts/money-text.ts';
import type { Rejects } from './rejects.ts';

/** What is wrong with a row: it cannot be read, in words. */
export class BadRow extends Error {}

/** The cells of one row, by column; every reader throws a BadRow that names the column. */
export class Cells {
  private readonly columns: ReadonlyMap<string, number>;
  private readonly rejects: Rejects;
  private cells: readonly string[] = [];

  constructor(columns: ReadonlyMap<string, number>, rejects: Rejects) {
    this.columns = columns;
    this.rejects = rejects;
  }

  of(cells: readonly string[]): this {
    this.cells = cells;
    return this;
  }

  /** Null where nothing stands. */
  optional(column: string): string | null {
    const text = this.cells[this.columns.get(column) ?? -1]?.trim();
    return text === undefined || text === '' ? null : text;
  }

  text(column: string): string {
    const text = this.optional(column);
    if (text === null) throw new BadRow(`${column} is empty`);
    return text;
  }

  /** Of a fixed list. */
  choice<const T extends string>(column: string, accepted: readonly T[]): T {
    const text = this.text(column);
    const choice = accepted.find((one) => one === text) ?? accepted.find((one) => one === text.toLowerCase());
    if (choice === undefined) throw new BadRow(`${column} is unknown`);
    return choice;
  }

  state(column: string) {
    const text = this.text(column).toUpperCase();
    const state = brazilianStates.find((one) => one === text);
    if (state === undefined) throw new BadRow(`${column} is unknown`);
    return state;
  }

  money(column: string): Money {
    const text = this.text(column);
    const cents = readMoney(text);
    if (cents === undefined || cents < 0) throw new BadRow(`${column} is no amount`);
    if (!/\.\d\d$/.test(text)) this.rejects.count('money rewritten');
    return cents as Money;
  }

  count(column: string): number {
    const count = this.optionalCount(column);
    if (count === null) throw new BadRow(`${column} is empty`);
    return count;
  }

  /** Tools write whole numbers as 40.0. */
  optionalCount(column: string): number | null {
    const text = this.optional(column);
    if (text === null) return null;
    if (!/^\d{1,15}(\.0+)?$/.test(text)) throw new BadRow(`${column} is no whole number`);
    return Number(text);
  }

  /** São Paulo's time where no zone is given. */
  moment(column: string): Instant {
    const moment = this.optionalMoment(column);
    if (moment === null) throw new BadRow(`${column} is empty`);
    return moment;
  }

  optionalMoment(column: string): Instant | null {
    const text = this.optional(column);
    if (text === null) return null;
    const read = readInstant(text.length === 10 ? `${text} 00:00:00` : text);
    if (read === undefined) throw new BadRow(`${column} is no time`);
    return read.instant;
  }

  /** As REES46 writes it: `2019-10-01 00:00:00 UTC`. */
  utcMoment(column: string): Instant {
    const text = this.text(column);
    const read = readInstant(text.endsWith(' UTC') ? `${text.slice(0, -4)}Z` : text);
    if (read === undefined) throw new BadRow(`${column} is no time`);
    return read.instant;
  }

  /** A tool that took it for a number dropped its leading zeros. */
  zipPrefix(column: string): string {
    const text = this.text(column);
    if (!/^\d{1,5}$/.test(text)) throw new BadRow(`${column} is no postal prefix`);
    if (text.length < 5) this.rejects.count('leading zero lost');
    return text.padStart(5, '0');
  }
}
