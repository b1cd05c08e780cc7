import { ServiceError } from '../../frame/index.ts';
import type { Delivery } from '../broker/delivery.ts';
import { idDigits, putId } from '../broker/message.ts';
import type { Subscription } from '../broker/subscription.ts';

/**
 * The ack ids of a request. One is `<subscription number>-<message id>-<attempt>`, in ASCII. It survives a restart
 * (nothing of it is counted anew), and an id of another subscription is told from its own. They are kept in columns:
 * an object for each would be garbage at once, as many of them as there are messages.
 */
export class AckIds {
  readonly #subscriptions: number[] = [];
  readonly #messageIds: number[] = [];
  readonly #attempts: number[] = [];

  get length(): number {
    return this.#attempts.length;
  }

  subscription(i: number): number {
    return this.#subscriptions[i] ?? 0;
  }

  messageId(i: number): number {
    return this.#messageIds[i] ?? 0;
  }

  attempt(i: number): number {
    return this.#attempts[i] ?? 0;
  }

  text(i: number): string {
    return `${this.subscription(i)}-${this.messageId(i)}-${this.attempt(i)}`;
  }

  /** Reads one out of a request's bytes without making a string of it. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const first = dashAfter(bytes, start, end);
    const second = dashAfter(bytes, first + 1, end);
    const subscription = wholeNumber(bytes, start, first);
    const messageId = wholeNumber(bytes, first + 1, second);
    const attempt = wholeNumber(bytes, second + 1, end);
    if (subscription < 0 || messageId < 0 || attempt < 0) throw invalidAckId(bytes, start, end);
    this.#subscriptions.push(subscription);
    this.#messageIds.push(messageId);
    this.#attempts.push(attempt);
  }
}

const dash = 0x2d;

export const ackIdPrefix = (subscription: Subscription): Buffer =>
  Buffer.from(`${subscription.number}-`, 'latin1');

export function ackIdSize(prefix: Buffer, delivery: Delivery): number {
  return prefix.length + idDigits + 1 + digitsOf(delivery.attempt);
}

export function putAckId(bytes: Buffer, at: number, prefix: Buffer, delivery: Delivery): number {
  let next = at;
  for (let i = 0; i < prefix.length; i++) bytes[next++] = prefix[i] as number;
  next = putId(bytes, next, delivery.message.id);
  bytes[next++] = dash;
  if (delivery.attempt < 10) {
    bytes[next] = 0x30 + delivery.attempt;
    return next + 1;
  }
  return next + bytes.write(String(delivery.attempt), next, 'latin1');
}

function dashAfter(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== dash) at++;
  return at;
}

/** Below zero where it is none. In two halves, each of which is a small number. */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > idDigits) return -1;
  const middle = Math.max(start, end - 8);
  const high = shortNumber(bytes, start, middle);
  const low = shortNumber(bytes, middle, end);
  return high < 0 || low < 0 ? -1 : high * 1e8 + low;
}

function shortNumber(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function invalidAckId(bytes: Uint8Array, start: number, end: number): ServiceError {
  const text = Buffer.from(bytes.subarray(start, end)).toString('utf8');
  return new ServiceError(
    'INVALID_ARGUMENT',
    `You have passed an invalid ack ID to the service (ack_id=${text}).`,
  );
}

function digitsOf(value: number): number {
  return value < 10 ? 1 : String(value).length;
}
