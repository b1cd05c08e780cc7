import type { Field } from './column.ts';
import {
  envelopeFields,
  eventType,
  itemFields,
  orderFields,
  paymentFields,
  schemaVersion,
} from './order-placed.ts';

type Schema = { readonly [keyword: string]: unknown };

/**
 * The canonical form of order.placed version 1 as JSON Schema 2020-12, for producers in other languages. The
 * decoder takes more than this (it corrects), and refuses more: rules between fields cannot be said here.
 */
export function jsonSchema(): Schema {
  const envelope = objectOf(envelopeFields);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:orderlake:${eventType}:${schemaVersion}`,
    title: eventType,
    type: 'object',
    properties: {
      ...(envelope.properties as Schema),
      event_type: { const: eventType },
      schema_version: { const: schemaVersion },
      order: objectOf(orderFields),
      order_items: { type: 'array', minItems: 1, items: objectOf(itemFields) },
      order_payments: { type: 'array', items: objectOf(paymentFields) },
    },
    required: [...(envelope.required as string[]), 'order', 'order_items', 'order_payments'],
  };
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
