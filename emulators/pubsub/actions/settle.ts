import { ServiceError } from '../../frame/index.ts';
import type { AckOutcome, Subscription } from '../broker/subscription.ts';
import type { AckIds } from '../wire/ack-id.ts';
import { errorInfo } from '../wire/error-info.ts';

/** What became of the ids of one request; only subscriptions with exactly-once delivery tell it. */
export class Settlement {
  readonly done: string[] = [];
  readonly invalid: string[] = [];
  readonly unordered: string[] = [];
  readonly #exactlyOnce: boolean;

  constructor(subscription: Subscription) {
    this.#exactlyOnce = subscription.settings.exactlyOnce;
  }

  add(ackIds: AckIds, i: number, outcome: AckOutcome): void {
    if (this.#exactlyOnce) this[outcome].push(ackIds.text(i));
  }

  /** Without exactly-once, ids of what is settled already change nothing: acks are best effort. */
  throwFailures(): void {
    if (this.invalid.length === 0 && this.unordered.length === 0) return;
    const reasons = [
      ...this.invalid.map((id) => [id, 'PERMANENT_FAILURE_INVALID_ACK_ID'] as const),
      ...this.unordered.map((id) => [id, 'TRANSIENT_FAILURE_UNORDERED_ACK_ID'] as const),
    ];
    throw new ServiceError(
      'FAILED_PRECONDITION',
      'Some acknowledgement ids in the request were invalid. This could be because the acknowledgement ids have expired or the acknowledgement ids were malformed.',
      {
        details: [errorInfo(reasons[0]?.[1] ?? '', 'pubsub.googleapis.com', Object.fromEntries(reasons))],
      },
    );
  }
}

export function acknowledgeAll(subscription: Subscription, ackIds: AckIds): Settlement {
  const settlement = new Settlement(subscription);
  for (let i = 0; i < ackIds.length; i++) {
    const isOwn = ackIds.subscription(i) === subscription.number;
    const outcome = isOwn ? subscription.ack(ackIds.messageId(i), ackIds.attempt(i)) : 'invalid';
    settlement.add(ackIds, i, outcome);
  }
  return settlement;
}

/** @param secondsOf for each id */
export function modifyDeadlines(
  subscription: Subscription,
  ackIds: AckIds,
  secondsOf: (i: number) => number,
  now: number,
): Settlement {
  const settlement = new Settlement(subscription);
  for (let i = 0; i < ackIds.length; i++) {
    const isOwn = ackIds.subscription(i) === subscription.number;
    const outcome = isOwn
      ? subscription.modifyDeadline(ackIds.messageId(i), ackIds.attempt(i), secondsOf(i), now)
      : 'invalid';
    settlement.add(ackIds, i, outcome);
  }
  return settlement;
}
