import { randomUUID } from 'node:crypto';
import { ServiceError } from '../frame/service-error.ts';
import type { Backend } from './backends/backend.ts';
import type { Catalog } from './catalog.ts';
import type { Provided } from './checksums.ts';
import { noSuchUpload } from './errors.ts';
import { Hasher } from './hasher.ts';
import { Incoming } from './incoming.ts';
import type { Md5Background } from './md5-background.ts';
import { type Ending, granuleBytes, type Intent, Session } from './session.ts';

// An ended session is remembered so that a lost answer can be asked for again; the service does so for a week.
const endedToRemember = 10_000;

/** The resumable uploads under way, and the last ones that ended. */
export class Sessions {
  readonly #backend: Backend;
  readonly #catalog: Catalog;
  readonly #md5: Md5Background;
  readonly #sessions = new Map<string, Session>();
  readonly #ended: string[] = [];

  constructor(backend: Backend, catalog: Catalog, md5: Md5Background) {
    this.#backend = backend;
    this.#catalog = catalog;
    this.#md5 = md5;
  }

  /** Takes up what the last run left under way. */
  async restore(): Promise<void> {
    for (const { id, state } of this.#backend.loadUploads()) {
      // Killed between the commit of the object and the end of its session: the bytes are the object's now.
      if (this.#catalog.uses(id)) {
        this.#backend.removeUpload(id);
        continue;
      }
      const hasher = new Hasher();
      const draft = await this.#backend.reopen(id, granuleBytes, (bytes) => {
        hasher.update(bytes);
      });
      this.#sessions.set(id, new Session(id, state as Intent, new Incoming(draft, hasher)));
    }
  }

  start(intent: Intent): Session {
    const id = randomUUID();
    const session = new Session(id, intent, new Incoming(this.#backend.draft(id), new Hasher(this.#md5)));
    this.#backend.saveUpload({ id, state: intent });
    this.#sessions.set(id, session);
    return session;
  }

  get(id: string | undefined): Session {
    const session = this.#sessions.get(id ?? '');
    if (session === undefined) throw noSuchUpload();
    return session;
  }

  /** Makes the object of a session whose bytes are all here; a refusal of the service is an ending too. */
  async finish(session: Session, provided: Provided): Promise<Ending> {
    const { bucket, name, fields, preconditions } = session.intent;
    try {
      const sealed = await session.incoming.seal([session.intent.provided, provided]);
      const record = this.#catalog.put(bucket, name, sealed, fields, preconditions);
      return this.#end(session, { kind: 'stored', record });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return this.#end(session, { kind: 'refused', error });
    }
  }

  get open(): readonly Session[] {
    return [...this.#sessions.values()].filter(({ ending }) => ending === undefined);
  }

  async cancelAll(): Promise<void> {
    for (const session of this.open) await this.cancel(session);
  }

  async cancel(session: Session): Promise<void> {
    this.#end(session, { kind: 'cancelled' });
    await session.incoming.discard();
  }

  /** Lets go of the bytes of open sessions, for the next run to find them. */
  async park(): Promise<void> {
    for (const session of this.open) await session.incoming.draft.park();
  }

  #end(session: Session, ending: Ending): Ending {
    session.ending = ending;
    this.#backend.removeUpload(session.id);
    this.#ended.push(session.id);
    if (this.#ended.length > endedToRemember) this.#sessions.delete(this.#ended.shift() ?? '');
    return ending;
  }
}
