import { deepestNesting, disarm, isTooDeep, largestBody, mayHideHarm } from './body-bounds.ts';
import { readContent, versionOf } from './content.ts';
import { type Envelope, idOfDead, readEnvelope } from './envelope.ts';
import type { Content, Event } from './event.ts';
import type { Outcome, Received, Rules } from './outcome.ts';
import { isPlainObject } from './part-reader.ts';
import { contentHashOf } from './parts.ts';
import { Reading } from './reading.ts';
import { utf8Text } from './utf8.ts';

/** Scratch space of the one pass below, which never yields; reset per message. */
const reading = new Reading();

type Json = Record<string, unknown>;

/** Bytes to a validated, corrected event, or to the reason why not. Never throws. */
export function decode(message: Received, rules: Rules): Outcome {
  reading.reset();
  let body: Json | undefined;
  try {
    const text = readText(message.bytes);
    body = text === undefined ? undefined : readJson(text);
    const event =
      text === undefined || body === undefined ? undefined : readEvent(body, text, message, rules);
    if (event !== undefined && reading.flaw === undefined) {
      const { corrections } = reading;
      return corrections.length === 0 ? { kind: 'ok', event } : { kind: 'corrected', event, corrections };
    }
  } catch (error) {
    // A defect of ours must neither stop the good messages behind this one nor lose it.
    reading.flaw = undefined;
    reading.fail('decoder_defect', '', 'a decoder without defects', String(error));
  }
  reading.flaw ??= { reason: 'decoder_defect', path: '', expected: 'an event or a flaw', got: 'neither' };
  return { kind: 'dead', death: { eventId: idOfDead(body, message), ...reading.flaw } };
}

function readText(bytes: Uint8Array): string | undefined {
  if (bytes.length > largestBody)
    return reading.fail('too_large', '', `at most ${largestBody} bytes`, `${bytes.length} bytes`);
  const text = utf8Text(bytes);
  if (text === undefined)
    return reading.fail('invalid_utf8', '', 'UTF-8', `${bytes.length} bytes that are not`);
  if (isTooDeep(text))
    return reading.fail('too_deep', '', `nesting of at most ${deepestNesting}`, 'deeper nesting');
  return text;
}

function readJson(text: string): Json | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The engine's own message is left out: it is another one in Node than in QuickJS.
    return reading.fail('invalid_json', '', 'a JSON document', `a text that ends in ${text.slice(-60)}`);
  }
  if (!isPlainObject(json)) return reading.fail('wrong_type', '', 'an object', json);
  if (mayHideHarm(text)) disarm(json, '', reading);
  return json;
}

function readEvent(body: Json, text: string, message: Received, rules: Rules): Event | undefined {
  if (reading.flaw !== undefined) return undefined;
  const envelope = readEnvelope(body, message.attributes, reading);
  if (envelope === undefined) return undefined;
  const content = readContent(envelope.event_type, { body, message, rules, reading });
  if (content === undefined) return undefined;
  const hash = contentHashOf(content);
  return {
    ...content,
    ...identity(envelope, content, hash),
    schemaVersion: envelope.schema_version,
    version: versionOf(content),
    contentHash: hash,
    payload: text,
  };
}

/** Which event it is, and when it happened; of a body without an envelope the content tells. */
function identity(envelope: Envelope, content: Content, hash: string): Pick<Event, 'eventId' | 'occurredAt'> {
  const { derived, event_id: eventId, occurred_at: occurredAt } = envelope;
  if (content.eventType !== 'order.placed') return { eventId, occurredAt };
  const { order_id: orderId, order_purchase_timestamp: purchasedAt } = content.order;
  return {
    eventId: derived.eventId ? `${orderId}-${hash}` : eventId,
    occurredAt: derived.occurredAt ? purchasedAt : occurredAt,
  };
}
