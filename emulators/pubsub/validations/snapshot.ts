import { labels, outputOnly, type Rules, resource } from './rules.ts';

export const snapshotRules: Rules = {
  name: resource('snapshots'),
  topic: outputOnly,
  expireTime: outputOnly,
  labels,
};

export const mutableSnapshotFields: readonly string[] = ['labels', 'expireTime'];
