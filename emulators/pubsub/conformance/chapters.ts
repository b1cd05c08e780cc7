import type { Chapter } from './scenario.ts';
import { delivery } from './scenarios/delivery.ts';
import { exactlyOnce } from './scenarios/exactly-once.ts';
import { filters } from './scenarios/filters.ts';
import { ordering } from './scenarios/ordering.ts';
import { policies } from './scenarios/policies.ts';
import { publishing } from './scenarios/publishing.ts';
import { push } from './scenarios/push.ts';
import { schemas } from './scenarios/schemas.ts';
import { seeking } from './scenarios/seeking.ts';
import { subscriptions } from './scenarios/subscriptions.ts';
import { topics } from './scenarios/topics.ts';

export const chapters: readonly Chapter[] = [
  topics,
  subscriptions,
  publishing,
  delivery,
  ordering,
  filters,
  policies,
  seeking,
  exactlyOnce,
  schemas,
  push,
];
