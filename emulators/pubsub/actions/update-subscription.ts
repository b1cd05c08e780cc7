import type { SubscriptionMessage } from '../broker/settings.ts';
import { checkSubscription, mutableSubscriptionFields } from '../validations/subscription.ts';
import { type Action, rpc } from './rpc.ts';
import { applyMask } from './update-mask.ts';

interface Request {
  subscription?: SubscriptionMessage;
  updateMask?: { paths?: string[] };
}

export const updateSubscription: Action = (service) =>
  rpc<Request, SubscriptionMessage>(service, 'Subscriber', 'UpdateSubscription', (request) => {
    const given = request.subscription ?? {};
    const stored = service.broker.subscription(given.name ?? '').settings.message;
    const paths = request.updateMask?.paths;
    const message = applyMask('Subscription', stored, given, paths, mutableSubscriptionFields);
    checkSubscription(message);
    return service.broker.updateSubscription(message).settings.message;
  });
