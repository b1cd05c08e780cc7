import { type Action, rpc } from './rpc.ts';

export const deleteSnapshot: Action = (service) =>
  rpc<{ snapshot?: string }, object>(service, 'Subscriber', 'DeleteSnapshot', ({ snapshot }) => {
    service.broker.snapshots.delete(snapshot ?? '');
    return {};
  });
