import type { PushConfig } from '../broker/settings.ts';
import { checkSubscription } from '../validations/subscription.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  subscription?: string;
  pushConfig?: PushConfig;
}

/** An empty configuration makes a subscription that is pulled from. */
export const modifyPushConfig: Action = (service) =>
  rpc<Request, object>(service, 'Subscriber', 'ModifyPushConfig', ({ subscription, pushConfig = {} }) => {
    const stored = service.broker.attachedSubscription(subscription ?? '').settings.message;
    const message = { ...stored, pushConfig };
    checkSubscription(message);
    service.broker.updateSubscription(message);
    return {};
  });
