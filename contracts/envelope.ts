import type { Field, ValuesOf } from './column.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventType, events, eventType, eventTypes, isEventType, schemaVersion } from './events.ts';
import type { Received } from './outcome.ts';
import { partReader, unweighable } from './part-reader.ts';
import type { Reading } from './reading.ts';

export interface Envelope extends Omit<ValuesOf<typeof envelopeFields>, 'event_type'> {
  readonly event_type: EventType;
  /** The body had no envelope and the attributes did not help: these come from the content. */
  readonly derived: { readonly eventId: boolean; readonly occurredAt: boolean };
}

type Body = Readonly<Record<string, unknown>>;
type Attributes = Received['attributes'];

const reader = partReader(envelopeFields);
const complete = { eventId: false, occurredAt: false } as const;

/** Stand where the content will tell, so that one reader serves all bodies. */
const placeholders: Readonly<Record<string, unknown>> = {
  event_id: 'derived',
  event_type: eventType,
  schema_version: schemaVersion,
  occurred_at: '1970-01-01T00:00:00Z',
};

/**
 * Reads the envelope; undefined after a flaw was noted. What the body lacks is taken from the attributes. The
 * original Python generators send bodies without any envelope: these are taken as order.placed version 1.
 */
export function readEnvelope(body: Body, attributes: Attributes, reading: Reading): Envelope | undefined {
  const values = reader.read(isWhole(body) ? body : completed(body, attributes, reading), reading);
  if (values === undefined) return undefined;
  const type = values.event_type;
  if (!isEventType(type))
    return reading.fail('unknown_event_type', 'event_type', `one of ${eventTypes.join(', ')}`, type);
  const known = events[type].schemaVersion;
  if (values.schema_version !== known)
    return reading.fail('unknown_schema_version', 'schema_version', String(known), values.schema_version);
  const derived = reading.bare
    ? { eventId: attributes.event_id === undefined, occurredAt: attributes.occurred_at === undefined }
    : complete;
  const { event_id, schema_version, occurred_at } = values;
  return { event_id, event_type: type, schema_version, occurred_at, derived };
}

/** Named one by one, because in a loop over names every load is megamorphic. */
function isWhole(body: Body): boolean {
  const { event_id: id, event_type: type, schema_version: version, occurred_at: at } = body;
  return (
    (id ?? null) !== null && (type ?? null) !== null && (version ?? null) !== null && (at ?? null) !== null
  );
}

function absent(body: Body, field: Field): boolean {
  const value = body[field.name];
  return value === undefined || value === null;
}

function completed(body: Body, attributes: Attributes, reading: Reading): Body {
  const missing = envelopeFields.filter((field) => absent(body, field));
  reading.bare = missing.length === envelopeFields.length;
  // Not the whole body: a copy of one with thousands of names would take longer than to parse it.
  const filled: Record<string, unknown> = {};
  for (const { name } of envelopeFields) filled[name] = body[name];
  // What is filled in is not in the text.
  reading.weight += unweighable;
  for (const field of missing) {
    const attribute = attributes[field.name];
    if (attribute !== undefined) {
      reading.corrected(field.name, 'taken_from_attribute');
      // An attribute is text by nature: that a number is read from it is no correction of its own.
      filled[field.name] =
        field.type === 'int64' && /^\d{1,9}$/.test(attribute) ? Number(attribute) : attribute;
    } else if (reading.bare) {
      reading.corrected(field.name, 'derived');
      filled[field.name] = placeholders[field.name];
    }
  }
  return filled;
}

/** By which id a message is known that cannot be taken. */
export function idOfDead(body: unknown, message: Received): string {
  const own = typeof body === 'object' && body !== null ? (body as Body).event_id : undefined;
  return readableId(own) ?? readableId(message.attributes.event_id) ?? message.messageId;
}

function readableId(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  return trimmed !== '' && trimmed.length <= envelopeFields[0].maxLength && trimmed.isWellFormed()
    ? trimmed
    : undefined;
}
