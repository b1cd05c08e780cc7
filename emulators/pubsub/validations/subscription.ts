import { invalid } from '../../frame/index.ts';
import type { SubscriptionMessage } from '../broker/settings.ts';
import { parseFilter } from '../filter/parse.ts';
import { FilterSyntaxError } from '../filter/syntax-error.ts';
import { pushConfig } from './push-config.ts';
import {
  anything,
  check,
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

const longestFilterBytes = 256;

const filter: Rule = (value, field) => {
  const text = String(value ?? '');
  if (text === '') return;
  const bytes = Buffer.byteLength(text);
  if (bytes > longestFilterBytes) {
    throw invalid(
      `The value for ${field} is too large. You passed ${bytes} bytes in the request, but the maximum is ${longestFilterBytes}.`,
    );
  }
  try {
    parseFilter(text);
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    throw invalid(`Invalid filter given (filter=${text}): ${error.message} at position ${error.at + 1}.`);
  }
};

const subscriptionRules: Rules = {
  name: resource('subscriptions'),
  topic,
  ackDeadlineSeconds: whole(10, 600, { unset: true }),
  retainAckedMessages: anything,
  enableMessageOrdering: anything,
  enableExactlyOnceDelivery: anything,
  filter,
  pushConfig,
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

/** What two settings together do not allow. */
export function checkSubscription(message: SubscriptionMessage): void {
  check('Subscription', message, subscriptionRules);
  if (message.enableExactlyOnceDelivery && message.pushConfig?.pushEndpoint) {
    throw invalid('Exactly-once delivery is supported by pull subscriptions only.');
  }
}

export const mutableSubscriptionFields: readonly string[] = [
  'ackDeadlineSeconds',
  'retainAckedMessages',
  'messageRetentionDuration',
  'labels',
  'expirationPolicy',
  'deadLetterPolicy',
  'retryPolicy',
  'enableExactlyOnceDelivery',
  'pushConfig',
];
