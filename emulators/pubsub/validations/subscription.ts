import { invalid } from '../../frame/index.ts';
import {
  duration,
  isResourceName,
  labels,
  nested,
  outputOnly,
  type Rule,
  type Rules,
  resource,
  whole,
} from './rules.ts';

const day = 86_400;

/** As settings of the API have it: a deleted topic shows as this, and an update may carry it back. */
const topic: Rule = (value, field) => {
  if (value !== '_deleted_topic_') resource('topics')(value, field);
};

const deadLetterTopic: Rule = (value) => {
  if (!isResourceName('topics', value))
    throw invalid(`Invalid dead letter topic given (name=${String(value ?? '')}).`);
};

export const subscriptionRules: Rules = {
  name: resource('subscriptions'),
  topic,
  ackDeadlineSeconds: whole(10, 600, { unset: true }),
  // Only Seek could show its effect, and Seek is refused by name.
  retainAckedMessages: () => {},
  messageRetentionDuration: duration(600, 31 * day),
  labels,
  expirationPolicy: nested('ExpirationPolicy', { ttl: duration(day, 365 * 10 * day) }),
  deadLetterPolicy: nested('DeadLetterPolicy', {
    deadLetterTopic,
    maxDeliveryAttempts: whole(5, 100, { unset: true }),
  }),
  retryPolicy: nested('RetryPolicy', { minimumBackoff: duration(0, 600), maximumBackoff: duration(0, 600) }),
  detached: outputOnly,
  topicMessageRetentionDuration: outputOnly,
  state: outputOnly,
};

export const mutableSubscriptionFields: readonly string[] = [
  'ackDeadlineSeconds',
  'retainAckedMessages',
  'messageRetentionDuration',
  'labels',
  'expirationPolicy',
  'deadLetterPolicy',
  'retryPolicy',
];
