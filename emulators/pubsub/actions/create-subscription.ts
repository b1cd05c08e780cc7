import type { SubscriptionMessage } from '../broker/settings.ts';
import { check } from '../validations/rules.ts';
import { subscriptionRules } from '../validations/subscription.ts';
import { type Action, rpc } from './rpc.ts';

export const createSubscription: Action = (service) =>
  rpc<SubscriptionMessage, SubscriptionMessage>(service, 'Subscriber', 'CreateSubscription', (request) => {
    check('Subscription', request, subscriptionRules);
    return service.broker.createSubscription(request).settings.message;
  });
