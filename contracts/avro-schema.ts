import type { Field } from './column.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventPart, type EventType, events } from './events.ts';

type Avro = { readonly [key: string]: unknown };

/**
 * An event as an Avro record, for a Pub/Sub schema and for readers of Avro. Values stand as in the message: money
 * as decimal text, times as RFC 3339. It is not bound to the topic: Pub/Sub would bounce what does not fit back to
 * the producer, where nobody could see why, and its JSON wants every optional value wrapped in its type.
 */
export function avroSchema(type: EventType): Avro {
  const { description, schemaVersion, parts } = events[type];
  return {
    type: 'record',
    name: `${recordName(type)}_v${schemaVersion}`,
    namespace: 'orderlake',
    doc: description,
    fields: [...envelopeFields.map(fieldOf), ...parts.map((part) => partOf(type, part))],
  };
}

function partOf(event: EventType, { name, fields, atLeast }: EventPart): Avro {
  // Avro knows a record by its name, so that of a part must not be that of another event's.
  const record = { type: 'record', name: `${recordName(event)}_${name}`, fields: fields.map(fieldOf) };
  return { name, type: atLeast === undefined ? record : { type: 'array', items: record } };
}

function fieldOf(field: Field): Avro {
  const type = field.type === 'int64' ? 'long' : 'string';
  const { name, description: doc } = field;
  return field.required ? { name, type, doc } : { name, type: ['null', type], default: null, doc };
}

function recordName(event: EventType): string {
  return event.replaceAll('.', '_');
}
