import { invalid } from '../../frame/index.ts';
import { anything, duration, labels, nested, outputOnly, type Rule, type Rules, resource } from './rules.ts';

const day = 86_400;

const encoding: Rule = (value) => {
  if (value === 'JSON' || value === 'BINARY') return;
  throw invalid('Invalid schema settings: the encoding must be JSON or BINARY.');
};

export const topicRules: Rules = {
  name: resource('topics'),
  labels,
  messageRetentionDuration: duration(600, 31 * day),
  state: outputOnly,
  satisfiesPzs: outputOnly,
  schemaSettings: nested('SchemaSettings', {
    schema: resource('schemas'),
    encoding,
    firstRevisionId: anything,
    lastRevisionId: anything,
  }),
};

export const mutableTopicFields: readonly string[] = ['labels', 'messageRetentionDuration', 'schemaSettings'];
