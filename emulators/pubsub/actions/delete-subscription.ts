import { type Action, rpc } from './rpc.ts';

export const deleteSubscription: Action = (service) =>
  rpc<{ subscription?: string }, object>(service, 'Subscriber', 'DeleteSubscription', ({ subscription }) => {
    service.broker.deleteSubscription(subscription ?? '');
    return {};
  });
