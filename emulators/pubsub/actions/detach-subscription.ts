import { type Action, rpc } from './rpc.ts';

export const detachSubscription: Action = (service) =>
  rpc<{ subscription?: string }, object>(service, 'Publisher', 'DetachSubscription', ({ subscription }) => {
    service.broker.detachSubscription(subscription ?? '');
    return {};
  });
