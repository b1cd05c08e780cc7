import { deepestNesting, disarm, isTooDeep, largestBody, mayHideHarm } from './body-bounds.ts';
import { checkOrder, inOrder, itemNumber, paymentNumber } from './business-rules.ts';
import type { Field, ValuesOf } from './column.ts';
import { idOfDead, readEnvelope } from './envelope.ts';
import type { Event, Outcome, Received, Rules } from './outcome.ts';
import { isPlainObject, type PartReader } from './part-reader.ts';
import { contentHash, itemReader, orderReader, paymentReader } from './parts.ts';
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
  reading.part = '/order';
  if (body.order === undefined) return reading.fail('missing_field', '', 'an object', undefined);
  const order = orderReader.read(body.order, reading);
  const items = order && readList(body, 'order_items', itemReader);
  const payments = items && readList(body, 'order_payments', paymentReader);
  if (payments === undefined || items === undefined || order === undefined) return undefined;
  checkOrder(order, items, payments, message.receivedAt, rules, reading);
  if (reading.flaw !== undefined) return undefined;
  // Lists come in order; sorting them regardless stood out in the profile.
  if (!inOrder(items, itemNumber)) items.sort((a, b) => itemNumber(a) - itemNumber(b));
  if (!inOrder(payments, paymentNumber)) payments.sort((a, b) => paymentNumber(a) - paymentNumber(b));
  const hash = contentHash(order, items, payments);
  const { derived } = envelope;
  return {
    eventId: derived.eventId ? `${order.order_id}-${hash}` : envelope.event_id,
    eventType: envelope.event_type,
    schemaVersion: envelope.schema_version,
    occurredAt: derived.occurredAt ? order.order_purchase_timestamp : envelope.occurred_at,
    version: order.version,
    contentHash: hash,
    order,
    items,
    payments,
    payload: text,
  };
}

function readList<L extends readonly Field[]>(
  body: Json,
  name: string,
  reader: PartReader<L>,
): ValuesOf<L>[] | undefined {
  reading.part = `/${name}`;
  reading.index = -1;
  const list = body[name];
  if (list === undefined) return reading.fail('missing_field', '', 'a list', undefined);
  if (!Array.isArray(list)) return reading.fail('wrong_type', '', 'a list', list);
  const entries: ValuesOf<L>[] = [];
  for (let i = 0; i < list.length; i++) {
    reading.index = i;
    const entry = reader.read(list[i], reading);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}
