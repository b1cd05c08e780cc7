import { duration, labels, outputOnly, type Rules, resource } from './rules.ts';

const day = 86_400;

export const topicRules: Rules = {
  name: resource('topics'),
  labels,
  // Only Seek could show its effect, and Seek is refused by name.
  messageRetentionDuration: duration(600, 31 * day),
  state: outputOnly,
  satisfiesPzs: outputOnly,
};

export const mutableTopicFields: readonly string[] = ['labels', 'messageRetentionDuration'];
