import { invalid, ServiceError, unimplemented } from '../../frame/index.ts';
import type { Schemas } from '../broker/schemas.ts';
import type { SchemaMessage, TopicMessage } from '../broker/settings.ts';
import { type Datum, readAvro } from './avro.ts';

type Encoding = 'JSON' | 'BINARY';

const read = new WeakMap<SchemaMessage, Datum>();

/** Reads a definition, once for each revision. What it cannot be is told as the service does. */
export function datumOf(schema: SchemaMessage): Datum {
  const known = read.get(schema);
  if (known !== undefined) return known;
  if (schema.type === 'PROTOCOL_BUFFER') throw unimplemented('A schema of type PROTOCOL_BUFFER');
  if (schema.type !== 'AVRO') throw invalid('Invalid schema: the type must be AVRO or PROTOCOL_BUFFER.');
  try {
    const datum = readAvro(schema.definition ?? '');
    read.set(schema, datum);
    return datum;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(`Invalid schema: the definition is no Avro type: ${reason}`);
  }
}

export function fits(schema: SchemaMessage, encoding: unknown, data: Uint8Array): boolean {
  const datum = datumOf(schema);
  return encoding === 'BINARY' ? datum.binary(data) : datum.json(data);
}

export interface Stamp {
  readonly name: string;
  readonly encoding: Encoding;
  readonly revisionId: string;
}

/** By which revision each message is valid, the newest first; undefined where the topic asks for no schema. */
export function stamper(schemas: Schemas, topic: TopicMessage): ((data: Uint8Array) => Stamp) | undefined {
  const settings = topic.schemaSettings;
  if (settings == null) return undefined;
  const name = settings.schema ?? '';
  if (!schemas.all.has(name)) {
    throw new ServiceError('FAILED_PRECONDITION', `The schema of the topic was deleted (schema=${name}).`);
  }
  const encoding: Encoding = settings.encoding === 'BINARY' ? 'BINARY' : 'JSON';
  const revisions = schemas.between(name, settings.firstRevisionId ?? '', settings.lastRevisionId ?? '');
  return (data) => {
    const revision = revisions.find((one) => fits(one, encoding, data));
    if (revision === undefined) {
      throw invalid('Invalid data in message: Message failed schema validation.');
    }
    return { name, encoding, revisionId: revision.revisionId ?? '' };
  };
}
