import type { TopicMessage } from './settings.ts';
import type { Subscription } from './subscription.ts';

export interface Topic {
  /** Given once and never again: the journal names it so. */
  readonly number: number;
  message: TopicMessage;
  readonly subscriptions: Set<Subscription>;
}
