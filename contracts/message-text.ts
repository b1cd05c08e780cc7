import { readInstant } from './instant-text.ts';
import type { Received } from './outcome.ts';
import type { Instant } from './values.ts';

const epoch = 0 as Instant;

/** A message of Pub/Sub as its REST API writes it, and when it was received. */
interface MessageText {
  /** Base64: a body need not be text. */
  readonly data?: unknown;
  readonly attributes?: unknown;
  readonly messageId?: unknown;
  readonly publishTime?: unknown;
  readonly receiveTime?: unknown;
}

/** Reads such a message; whatever is missing is empty, since a message that is refused here would be lost. */
export function readMessage(text: string): Received {
  const { data, attributes, messageId, publishTime, receiveTime } = JSON.parse(text) as MessageText;
  const publishedAt = instantOf(publishTime) ?? epoch;
  return {
    bytes: fromBase64(typeof data === 'string' ? data : ''),
    attributes: textsOf(attributes),
    messageId: typeof messageId === 'string' ? messageId.toWellFormed() : '',
    publishedAt,
    receivedAt: instantOf(receiveTime) ?? publishedAt,
  };
}

function instantOf(value: unknown): Instant | undefined {
  return typeof value === 'string' ? readInstant(value)?.instant : undefined;
}

function textsOf(attributes: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes ?? {}))
    if (typeof value === 'string' && name !== '__proto__') texts[name.toWellFormed()] = value.toWellFormed();
  return texts;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Int8Array(128).fill(-1);
for (let i = 0; i < digits.length; i++) values[digits.charCodeAt(i)] = i;

/**
 * By hand: QuickJS has neither atob nor Buffer, and as an interpreter it takes its time for every call and test: the
 * whole groups, which are all but the last one, go through a loop without either.
 */
export function fromBase64(text: string): Uint8Array {
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  const bytes = new Uint8Array((length * 6) >> 3);
  const whole = length & ~3;
  let flaws = 0;
  let at = 0;
  for (let i = 0; i < whole; i += 4) {
    const group =
      ((values[text.charCodeAt(i)] ?? -1) << 18) |
      ((values[text.charCodeAt(i + 1)] ?? -1) << 12) |
      ((values[text.charCodeAt(i + 2)] ?? -1) << 6) |
      (values[text.charCodeAt(i + 3)] ?? -1);
    flaws |= group;
    bytes[at++] = group >> 16;
    bytes[at++] = group >> 8;
    bytes[at++] = group;
  }
  const rest =
    (valueAt(text, whole, length) << 18) |
    (valueAt(text, whole + 1, length) << 12) |
    (valueAt(text, whole + 2, length) << 6);
  flaws |= rest;
  // What lies beyond the end is not stored.
  bytes[at++] = rest >> 16;
  bytes[at] = rest >> 8;
  if (flaws < 0) throw new Error('expected base64, got another character');
  return bytes;
}

/** Negative for what is no digit; zero beyond the end, where the last group is filled up. */
function valueAt(text: string, i: number, length: number): number {
  return i < length ? (values[text.charCodeAt(i)] ?? -1) : 0;
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const triple = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += digits.charAt(triple >> 18) + digits.charAt((triple >> 12) & 63);
    text +=
      b === undefined
        ? '=='
        : digits.charAt((triple >> 6) & 63) + (c === undefined ? '=' : digits.charAt(triple & 63));
  }
  return text;
}
