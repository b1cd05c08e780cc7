import { type Action, rpc } from './rpc.ts';

export const deleteTopic: Action = (service) =>
  rpc<{ topic?: string }, object>(service, 'Publisher', 'DeleteTopic', ({ topic }) => {
    service.broker.deleteTopic(topic ?? '');
    return {};
  });
