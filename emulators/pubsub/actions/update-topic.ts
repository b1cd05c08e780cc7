import type { TopicMessage } from '../broker/settings.ts';
import { check } from '../validations/rules.ts';
import { mutableTopicFields, topicRules } from '../validations/topic.ts';
import { type Action, rpc } from './rpc.ts';
import { applyMask } from './update-mask.ts';

interface Request {
  topic?: TopicMessage;
  updateMask?: { paths?: string[] };
}

export const updateTopic: Action = (service) =>
  rpc<Request, TopicMessage>(service, 'Publisher', 'UpdateTopic', ({ topic = {}, updateMask }) => {
    const stored = service.broker.topic(topic.name ?? '').message;
    const message = applyMask('Topic', stored, topic, updateMask?.paths, mutableTopicFields);
    check('Topic', message, topicRules);
    return service.broker.updateTopic(message).message;
  });
