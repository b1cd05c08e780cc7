import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { SqlError } from '../sql/sql-error.ts';
import { type Outside, Session } from './session.ts';

/** Which session a query wants: one of its own, to be kept, or one that an earlier query began. */
export type SessionWish = { readonly id: string } | 'new';

interface Kept {
  readonly session: Session;
  busy: boolean;
  usedAt: number;
}
const longestIdle = 24 * 3_600_000;

const invalid = (message: string): SqlError => new SqlError(message, undefined, 'invalid');

/**
 * A job without a wish has a session for itself. One with an id outlives its query, with temporary tables, functions
 * and variables: made by the query that asks for it → used by one query at a time → ended by BQ.ABORT_SESSION, after a
 * day without use, or with the emulator.
 */
export class Sessions {
  readonly #engine: Engine;
  readonly #outside: Outside;
  readonly #kept = new Map<string, Kept>();

  constructor(engine: Engine, outside: Outside) {
    this.#engine = engine;
    this.#outside = outside;
  }

  async take(wish?: SessionWish): Promise<Session> {
    await this.#endIdle();
    if (wish === undefined) return this.#begin();
    if (wish === 'new') {
      const id = randomBytes(24).toString('base64url');
      const session = await this.#begin(id);
      this.#kept.set(id, { session, busy: true, usedAt: this.#engine.clock.now() });
      return session;
    }
    const kept = this.#found(wish.id);
    if (kept.busy) throw invalid(`Session ${wish.id} is in use: its queries run one after the other`);
    kept.busy = true;
    return kept.session;
  }

  async #begin(id?: string): Promise<Session> {
    const connection = await this.#engine.database.connect();
    return new Session(this.#engine, connection, this.#outside, (other) => this.#abort(other), id);
  }

  /** After a job; what it left open of a transaction would keep every other writer waiting. */
  async giveBack(session: Session): Promise<void> {
    const kept = this.#kept.get(session.id ?? '');
    if (!kept) return session.close();
    if (session.inTransaction) await session.end('ROLLBACK');
    kept.busy = false;
    kept.usedAt = this.#engine.clock.now();
    session.reset();
  }

  #found(id: string): Kept {
    const kept = this.#kept.get(id);
    if (!kept) throw invalid(`Session ${id} was not found or has been terminated`);
    return kept;
  }

  /** Ends it now, or with the query that uses it. */
  async #abort(id: string): Promise<void> {
    const { busy, session } = this.#found(id);
    this.#kept.delete(id);
    if (!busy) await session.close();
  }

  async #endIdle(): Promise<void> {
    const before = this.#engine.clock.now() - longestIdle;
    for (const [id, { busy, usedAt }] of this.#kept) if (!busy && usedAt < before) await this.#abort(id);
  }
  async close(): Promise<void> {
    for (const id of this.#kept.keys()) await this.#abort(id);
  }
}
