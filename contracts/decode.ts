import { deepestNesting, harmIn, isBracketed, isTooDeep, largestBody, mayHideHarm } from './body-bounds.ts';
import { type Judged, mainPart, readContent, versionOf } from './content.ts';
import { type Envelope, idOfDead, readEnvelope } from './envelope.ts';
import { envelopeFields } from './envelope-fields.ts';
import type { Content, Event } from './event.ts';
import { type EventType, events, eventTypes } from './events.ts';
import { isInterpreter } from './host.ts';
import { keysIn, mostUnknownNames, pointerStep, repeatedKey, surveyKeys } from './key-survey.ts';
import type { Outcome, Received, Rules } from './outcome.ts';
import { isPlainObject } from './part-reader.ts';
import { contentHashOf } from './parts.ts';
import { readPlain } from './plain-decode.ts';
import { longestPlain } from './plain-scan.ts';
import { Reading } from './reading.ts';
import { keepUnknown, namesOf } from './unknown-fields.ts';
import { utf8Text } from './utf8.ts';

/** Scratch space of the one pass below, which never yields; reset per message. */
const reading = new Reading();

type Json = Record<string, unknown>;

/** Beside the parts: what is not named here is kept on the row of the main one. */
const knownBeside = Object.fromEntries(
  eventTypes.map((type) => [type, namesOf([...envelopeFields, ...events[type].parts])]),
) as { readonly [T in EventType]: ReadonlySet<string> };

/** Up to here new names cannot take longer than ten good messages of that length: it has no room for them. */
const shortText = 512;

/**
 * Bytes to a validated, corrected event, or to the reason why not. Never throws. What is written plainly, as nearly
 * every message is, is read straight from its bytes; any other, and any of which there is something to say, the
 * careful way, which alone corrects and refuses.
 */
export function decode(message: Received, rules: Rules): Outcome {
  if (isInterpreter || message.bytes.length > longestPlain) return decodeCarefully(message, rules);
  try {
    const event = readPlain(message, rules);
    if (event !== undefined) return { kind: 'ok', event };
  } catch {
    // A defect of ours; the careful way needs nothing of what was read.
  }
  return decodeCarefully(message, rules);
}

/** The same of whatever it is given. */
export function decodeCarefully(message: Received, rules: Rules): Outcome {
  reading.reset();
  let body: Json | undefined;
  try {
    const text = readText(message.bytes);
    body = text === undefined || !isBounded(message.bytes, text) ? undefined : readJson(text);
    const event =
      text === undefined || body === undefined ? undefined : judge({ body, text, message, rules, reading });
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

/**
 * Reads the event. A text that is just as long as what was read from it holds nothing else, and nearly every
 * good one is; any other may hide something, is searched for it, and read again with that in mind.
 */
function judge(judged: Judged): Event | undefined {
  const { body, text, message } = judged;
  const event = readEvent(judged);
  if (event !== undefined && reading.flaw === undefined && reading.weight === text.length) return event;
  // It is dead either way; searching it would only cost time, and what it hides may be meant to.
  if (reading.flaw !== undefined && !mayHideHarm(text)) return undefined;
  reading.reset();
  const survey = surveyKeys(message.bytes);
  if (survey.unknownNames > mostUnknownNames) return tooManyFields();
  const harm = harmIn(body);
  if (harm !== undefined)
    return reading.failAt(harm.reason, harm.steps.map(pointerStep).join(''), harm.expected, harm.got);
  if (survey.keys !== keysIn(body))
    return reading.failAt('duplicate_key', repeatedKey(text) ?? '', 'each key once', 'a key twice');
  reading.additional = new Map();
  return readEvent(judged);
}

function tooManyFields(): undefined {
  const expected = `at most ${mostUnknownNames} names that the contract does not know`;
  return reading.failAt('too_many_fields', '', expected, 'more');
}

function readText(bytes: Uint8Array): string | undefined {
  if (bytes.length > largestBody)
    return reading.fail('too_large', '', `at most ${largestBody} bytes`, `${bytes.length} bytes`);
  const text = utf8Text(bytes);
  if (text === undefined)
    return reading.fail('invalid_utf8', '', 'UTF-8', `${bytes.length} bytes that are not`);
  return text;
}

/** Notes the flaw of a text that must not even be parsed. */
function isBounded(bytes: Uint8Array, text: string): boolean {
  const bracketed = isBracketed(text);
  if (bracketed && isTooDeep(text))
    reading.fail('too_deep', '', `nesting of at most ${deepestNesting}`, 'deeper nesting');
  // Before parsing, which is what new names make slow.
  else if ((bracketed || text.length > shortText) && surveyKeys(bytes).unknownNames > mostUnknownNames)
    tooManyFields();
  return reading.flaw === undefined;
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
  return json;
}

function readEvent(judged: Judged): Event | undefined {
  const { body, message } = judged;
  reading.part = '';
  const envelope = readEnvelope(body, message.attributes, reading);
  if (envelope === undefined) return undefined;
  const type = envelope.event_type;
  const content = readContent(type, judged);
  if (content === undefined) return undefined;
  const hash = contentHashOf(content);
  const { additional } = reading;
  if (additional !== undefined) keepUnknown(body, knownBeside[type], mainPart(content), reading, '/');
  const { eventId, occurredAt } = identity(envelope, content, hash);
  const head = {
    eventId,
    occurredAt,
    schemaVersion: envelope.schema_version,
    version: versionOf(content),
    contentHash: hash,
    additional: additional === undefined || additional.size === 0 ? null : additional,
  };
  return { ...content, ...head };
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
