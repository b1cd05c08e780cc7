import type { TopicMessage } from '../broker/settings.ts';
import { type Action, rpc } from './rpc.ts';

export const getTopic: Action = (service) =>
  rpc<{ topic?: string }, TopicMessage>(
    service,
    'Publisher',
    'GetTopic',
    ({ topic }) => service.broker.topic(topic ?? '').message,
  );
