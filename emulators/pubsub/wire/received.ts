import type { Delivery } from '../broker/delivery.ts';
import type { Subscription } from '../broker/subscription.ts';
import { ackIdPrefix, ackIdSize, putAckId } from './ack-id.ts';
import { putVarint, varintSize } from './varint.ts';

/**
 * A response whose field 1 is the repeated ReceivedMessage (both PullResponse and StreamingPullResponse): the stored
 * bytes are copied in once, nothing is decoded. The delivery attempt is told only where there is a dead-letter policy.
 */
export function encodeReceived(
  subscription: Subscription,
  batch: readonly Delivery[],
  allocate: (size: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  const prefix = ackIdPrefix(subscription);
  const withAttempt = subscription.settings.deadLetter !== undefined;
  const sizes: number[] = [];
  let total = 0;
  for (const delivery of batch) {
    const ackSize = ackIdSize(prefix, delivery);
    const { size } = delivery.message;
    let inner = 2 + ackSize + 1 + varintSize(size) + size;
    if (withAttempt) inner += 1 + varintSize(delivery.attempt);
    sizes.push(inner);
    total += 1 + varintSize(inner) + inner;
  }
  const bytes = allocate(total);
  let at = 0;
  for (let i = 0; i < batch.length; i++) {
    const delivery = batch[i];
    if (delivery === undefined) continue;
    const { message } = delivery;
    bytes[at] = 0x0a;
    at = putVarint(bytes, at + 1, sizes[i] ?? 0);
    bytes[at] = 0x0a;
    bytes[at + 1] = ackIdSize(prefix, delivery);
    at = putAckId(bytes, at + 2, prefix, delivery);
    bytes[at] = 0x12;
    at = message.put(bytes, putVarint(bytes, at + 1, message.size));
    if (withAttempt) {
      bytes[at] = 0x18;
      at = putVarint(bytes, at + 1, delivery.attempt);
    }
  }
  return bytes;
}
