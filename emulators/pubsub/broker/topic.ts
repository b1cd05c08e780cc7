import type { Retained } from './retained.ts';
import type { TopicMessage } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import type { Subscription } from './subscription.ts';

export interface Topic {
  /** Given once and never again: the journal names it so. */
  readonly number: number;
  message: TopicMessage;
  readonly subscriptions: Set<Subscription>;
  /** Hold what is published after them. */
  readonly snapshots: Set<Snapshot>;
  /** With a retention of its own: everything published, acknowledged or not. */
  retained: Retained | undefined;
}
