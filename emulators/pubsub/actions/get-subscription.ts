import type { SubscriptionMessage } from '../broker/settings.ts';
import { type Action, rpc } from './rpc.ts';

export const getSubscription: Action = (service) =>
  rpc<{ subscription?: string }, SubscriptionMessage>(
    service,
    'Subscriber',
    'GetSubscription',
    ({ subscription }) => service.broker.subscription(subscription ?? '').settings.message,
  );
