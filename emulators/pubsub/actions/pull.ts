import type { Clock } from '../../frame/index.ts';
import { type CallContext, unary } from '../../frame/index.ts';
import type { Consumer, Delivery } from '../broker/delivery.ts';
import type { Subscription } from '../broker/subscription.ts';
import { bounded } from '../validations/rules.ts';
import { encodeReceived } from '../wire/received.ts';
import { pullable } from './pullable.ts';
import type { Action } from './rpc.ts';

interface PullRequest {
  subscription?: string;
  returnImmediately?: boolean;
  maxMessages?: number;
}

// The service waits "a bounded time"; the client gives up after 60 s.
const longestWaitMs = 45_000;
const responseBytes = 10 * 1024 * 1024;

export const pull: Action = ({ broker, protos }) =>
  unary({
    path: '/google.pubsub.v1.Subscriber/Pull',
    requestDeserialize: protos.codec<PullRequest>('PullRequest').decode,
    responseSerialize: (bytes: Buffer) => bytes,
    handler({ subscription, returnImmediately, maxMessages }, context) {
      const from = pullable(broker, subscription ?? '');
      bounded(maxMessages ?? 0, 'max_messages', 1, 2 ** 31);
      return pullOnce(from, maxMessages ?? 0, returnImmediately === true, broker.clock, context);
    },
  });

/** A consumer for as long as it takes to get one batch. */
function pullOnce(
  subscription: Subscription,
  maxMessages: number,
  immediately: boolean,
  clock: Clock,
  context: CallContext,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let open = true;
    const finish = (conclude: () => void): void => {
      if (!open) return;
      open = false;
      timer.cancel();
      subscription.detach(consumer);
      conclude();
    };
    const empty = (): void => finish(() => resolve(Buffer.alloc(0)));
    const consumer: Consumer = {
      outstandingMessages: 0,
      outstandingBytes: 0,
      ackDeadlineMs: subscription.settings.ackDeadlineMs,
      roomMessages: () => (open ? maxMessages : 0),
      roomBytes: () => (open ? responseBytes - consumer.outstandingBytes : 0),
      deliver: (batch: readonly Delivery[]) => finish(() => resolve(encodeReceived(subscription, batch))),
      end: (reason) => finish(() => reject(reason)),
    };
    const timer = clock.setTimer(longestWaitMs, empty);
    context.connection.onClosed(empty);
    subscription.attach(consumer);
    // Behind the delivery that attaching has planned.
    if (immediately) queueMicrotask(empty);
  });
}
