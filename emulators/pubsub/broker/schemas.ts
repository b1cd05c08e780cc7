import { randomBytes } from 'node:crypto';
import { ServiceError } from '../../frame/index.ts';
import { alreadyExists, resourceNotFound } from './not-found.ts';
import type { Recorder } from './recorder.ts';
import type { SchemaMessage, SchemaRevisions } from './settings.ts';

const mostRevisions = 20;

/** Schemas and their revisions. Whether a definition is valid is for the caller to say before. */
export class Schemas {
  readonly all = new Map<string, SchemaRevisions>();
  readonly #nextNumber: () => number;
  readonly #now: () => number;
  recorder: Recorder;

  constructor(nextNumber: () => number, now: () => number, recorder: Recorder) {
    this.#nextNumber = nextNumber;
    this.#now = now;
    this.recorder = recorder;
  }

  create(message: SchemaMessage): SchemaMessage {
    const name = message.name ?? '';
    if (this.all.has(name)) throw alreadyExists(name);
    const revision = this.#revision(message);
    this.restore(this.#nextNumber(), [revision]);
    return revision;
  }

  restore(number: number, revisions: readonly SchemaMessage[]): void {
    const schema = { number, name: revisions[0]?.name ?? '', revisions };
    this.recorder.schemaChanged(schema);
    this.all.set(schema.name, schema);
  }

  /** @param name may end in `@REVISION`; without it the newest is meant */
  revision(name: string): SchemaMessage {
    const [base = '', id] = name.split('@');
    const { revisions } = this.schema(base);
    const found = id === undefined ? revisions.at(-1) : revisions.find((one) => one.revisionId === id);
    if (found === undefined) throw resourceNotFound(name);
    return found;
  }

  schema(name: string): SchemaRevisions {
    const schema = this.all.get(name);
    if (schema === undefined) throw resourceNotFound(name);
    return schema;
  }

  commit(name: string, message: SchemaMessage): SchemaMessage {
    const schema = this.schema(name);
    if (message.type !== schema.revisions.at(-1)?.type) {
      throw new ServiceError('INVALID_ARGUMENT', 'The type of a schema cannot change between revisions.');
    }
    return this.#append(schema, message.definition);
  }

  rollback(name: string, revisionId: string): SchemaMessage {
    const schema = this.schema(name);
    return this.#append(schema, this.revision(`${name}@${revisionId}`).definition);
  }

  deleteRevision(name: string): SchemaMessage {
    const [base = '', id = ''] = name.split('@');
    const schema = this.schema(base);
    this.revision(name);
    if (schema.revisions.length === 1) {
      throw new ServiceError(
        'FAILED_PRECONDITION',
        'The only revision of a schema cannot be deleted; delete the schema instead.',
      );
    }
    this.#change(
      schema,
      schema.revisions.filter((one) => one.revisionId !== id),
    );
    return this.revision(base);
  }

  delete(name: string): void {
    const schema = this.schema(name);
    this.recorder.schemaDeleted(schema);
    this.all.delete(name);
  }

  /** The revisions a message may follow, the newest first. */
  between(name: string, first: string, last: string): readonly SchemaMessage[] {
    const { revisions } = this.schema(name);
    const at = (id: string): number => revisions.findIndex((one) => one.revisionId === id);
    const from = first === '' ? 0 : at(first);
    const to = last === '' ? revisions.length - 1 : at(last);
    return from < 0 || to < 0 ? [] : revisions.slice(from, to + 1).toReversed();
  }

  #append(schema: SchemaRevisions, definition: SchemaMessage['definition']): SchemaMessage {
    if (schema.revisions.length >= mostRevisions) {
      throw new ServiceError('FAILED_PRECONDITION', `A schema may have at most ${mostRevisions} revisions.`);
    }
    const type = schema.revisions[0]?.type ?? 'AVRO';
    const revision = this.#revision({ name: schema.name, type, definition: definition ?? '' });
    this.#change(schema, [...schema.revisions, revision]);
    return revision;
  }

  #revision(message: SchemaMessage): SchemaMessage {
    const now = this.#now();
    const seconds = Math.floor(now / 1000);
    const nanos = Math.floor((now - seconds * 1000) * 1e6);
    return {
      ...message,
      revisionId: randomBytes(4).toString('hex'),
      revisionCreateTime: { seconds, nanos },
    };
  }

  #change(schema: SchemaRevisions, revisions: readonly SchemaMessage[]): void {
    this.recorder.schemaChanged({ ...schema, revisions });
    schema.revisions = revisions;
  }
}
