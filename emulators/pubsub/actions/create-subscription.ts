import type { SubscriptionMessage } from '../broker/settings.ts';
import { checkSubscription } from '../validations/subscription.ts';
import { type Action, rpc } from './rpc.ts';

export const createSubscription: Action = (service) =>
  rpc<SubscriptionMessage, SubscriptionMessage>(service, 'Subscriber', 'CreateSubscription', (request) => {
    checkSubscription(request);
    return service.broker.createSubscription(request).settings.message;
  });
