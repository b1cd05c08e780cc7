import { ServiceError } from '../../frame/index.ts';
import type { Delivery } from '../broker/delivery.ts';
import { idDigits } from '../broker/message.ts';
import type { Subscription } from '../broker/subscription.ts';

/**
 * `<subscription number>-<message id>-<attempt>`, in ASCII. It survives a restart (nothing of it is counted anew), and
 * an id of another subscription is told from its own.
 */
export interface AckId {
  readonly subscription: number;
  readonly messageId: number;
  readonly attempt: number;
}

const dash = 0x2d;

export const ackIdText = ({ subscription, messageId, attempt }: AckId): string =>
  `${subscription}-${messageId}-${attempt}`;

export const ackIdPrefix = (subscription: Subscription): Buffer =>
  Buffer.from(`${subscription.number}-`, 'latin1');

export function ackIdSize(prefix: Buffer, delivery: Delivery): number {
  return prefix.length + idDigits + 1 + digitsOf(delivery.attempt);
}

export function putAckId(bytes: Buffer, at: number, prefix: Buffer, delivery: Delivery): number {
  let next = at + prefix.copy(bytes, at);
  const { block, end } = delivery.message;
  next += block.bytes.copy(bytes, next, end - idDigits, end);
  bytes[next++] = dash;
  if (delivery.attempt < 10) {
    bytes[next] = 0x30 + delivery.attempt;
    return next + 1;
  }
  return next + bytes.write(String(delivery.attempt), next, 'latin1');
}

/** Reads the id out of a request's bytes without making a string of it. */
export function readAckId(bytes: Uint8Array, start: number, end: number): AckId {
  const parts = [0, 0, 0];
  let part = 0;
  let partStart = start;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit === dash - 0x30 && part < 2 && i > partStart) {
      part += 1;
      partStart = i + 1;
    } else if (digit >= 0 && digit <= 9 && i - partStart < idDigits) {
      parts[part] = (parts[part] ?? 0) * 10 + digit;
    } else throw invalidAckId(bytes, start, end);
  }
  if (part !== 2 || partStart === end) throw invalidAckId(bytes, start, end);
  return { subscription: parts[0] ?? 0, messageId: parts[1] ?? 0, attempt: parts[2] ?? 0 };
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
