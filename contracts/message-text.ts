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

/** By hand: QuickJS has neither atob nor Buffer. */
export function fromBase64(text: string): Uint8Array {
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  const bytes = new Uint8Array((length * 6) >> 3);
  let flaws = 0;
  for (let i = 0, at = 0; i < length; i += 4) {
    const a = valueAt(text, i, length);
    const b = valueAt(text, i + 1, length);
    const c = valueAt(text, i + 2, length);
    const d = valueAt(text, i + 3, length);
    flaws |= a | b | c | d;
    // What lies beyond the end is not stored.
    bytes[at++] = (a << 2) | (b >> 4);
    bytes[at++] = (b << 4) | (c >> 2);
    bytes[at++] = (c << 6) | d;
  }
  if (flaws < 0) throw new Error('expected base64, got another character');
  return bytes;
}

/** Negative for what is no digit; zero beyond the end, where an incomplete group is filled up. */
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
