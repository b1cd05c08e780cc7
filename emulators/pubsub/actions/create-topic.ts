import type { TopicMessage } from '../broker/settings.ts';
import { check } from '../validations/rules.ts';
import { topicRules } from '../validations/topic.ts';
import { type Action, rpc } from './rpc.ts';

export const createTopic: Action = (service) =>
  rpc<TopicMessage, TopicMessage>(service, 'Publisher', 'CreateTopic', (request) => {
    check('Topic', request, topicRules);
    return service.broker.createTopic(request).message;
  });
