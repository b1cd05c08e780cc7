import { ServiceError } from '../../frame/index.ts';
import type { Broker } from '../broker/broker.ts';
import type { Subscription } from '../broker/subscription.ts';

/** A subscription that hands its messages out only when asked. */
export function pullable(broker: Broker, name: string): Subscription {
  const subscription = broker.attachedSubscription(name);
  if (subscription.settings.push === undefined) return subscription;
  throw new ServiceError(
    'FAILED_PRECONDITION',
    'This method is not supported for this subscription type: it pushes to an endpoint.',
  );
}
