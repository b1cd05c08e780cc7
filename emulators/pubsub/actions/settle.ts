import type { Subscription } from '../broker/subscription.ts';
import type { AckId } from '../wire/ack-id.ts';

/** Ids of another subscription and of what is settled already change nothing: acks are best effort without exactly-once. */
export function acknowledgeAll(subscription: Subscription, ackIds: readonly AckId[]): void {
  for (const ackId of ackIds)
    if (ackId.subscription === subscription.number) subscription.ack(ackId.messageId);
}

export function modifyDeadline(subscription: Subscription, ackId: AckId, seconds: number): void {
  if (ackId.subscription !== subscription.number) return;
  subscription.modifyDeadline(ackId.messageId, ackId.attempt, seconds);
}
