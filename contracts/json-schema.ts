import type { Field } from './column.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventPart, type EventType, events, eventType } from './events.ts';

type Schema = { readonly [keyword: string]: unknown };

/**
 * The canonical form of an event as JSON Schema 2020-12, for producers in other languages. The decoder takes
 * more than this (it corrects), and refuses more: rules between fields cannot be said here.
 */
export function jsonSchema(type: EventType = eventType): Schema {
  const envelope = objectOf(envelopeFields);
  const { schemaVersion, description, parts } = events[type];
  const names = parts.map((part) => part.name);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:orderlake:${type}:${schemaVersion}`,
    title: type,
    description,
    type: 'object',
    properties: {
      ...(envelope.properties as Schema),
      event_type: { const: type },
      schema_version: { const: schemaVersion },
      ...Object.fromEntries(parts.map((part) => [part.name, partOf(part)])),
    },
    required: [...(envelope.required as string[]), ...names],
  };
}

function partOf({ fields, atLeast }: EventPart): Schema {
  const entry = objectOf(fields);
  return atLeast === undefined ? entry : { type: 'array', minItems: atLeast, items: entry };
}

function objectOf(fields: readonly Field[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    required: fields.filter((field) => field.required).map((field) => field.name),
  };
}

function propertyOf(field: Field): Schema {
  const { description } = field;
  const value = canonicalForm(field);
  return field.required ? { ...value, description } : { anyOf: [value, { type: 'null' }], description };
}

function canonicalForm(field: Field): Schema {
  if (field.accepted !== undefined) return { enum: field.accepted };
  if (field.digits !== undefined) return { type: 'string', pattern: `^[0-9]{${field.digits}}$` };
  if (field.type === 'int64') return { type: 'integer', minimum: field.minimum };
  if (field.type === 'money') return { type: 'string', pattern: '^(0|[1-9][0-9]{0,9})\\.[0-9]{2}$' };
  if (field.type === 'instant') return { type: 'string', format: 'date-time' };
  return { type: 'string', minLength: 1, maxLength: field.maxLength };
}
