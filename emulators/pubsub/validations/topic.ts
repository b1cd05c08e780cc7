import { invalid } from '../../frame/index.ts';
import { anything, duration, labels, nested, outputOnly, type Rule, type Rules, resource } from './rules.ts';

const day = 86_400;

const encoding: Rule = (value) => {
  if (value === 'JSON' || value === 'BINARY') return;
  throw invalid('Invalid schema settings: the encoding must be JSON or BINARY.');
};

/** As settings of the API have it: a deleted schema shows as this, and an update may carry it back. */
const schema: Rule = (value, field) => {
  if (value !== '_deleted-schema_') resource('schemas')(value, field);
};

export const topicRules: Rules = {
  name: resource('topics'),
  labels,
  messageRetentionDuration: duration(600, 31 * day),
  state: outputOnly,
  satisfiesPzs: outputOnly,
  schemaSettings: nested('SchemaSettings', {
    schema,
    encoding,
    firstRevisionId: anything,
    lastRevisionId: anything,
  }),
};

export const mutableTopicFields: readonly string[] = ['labels', 'messageRetentionDuration', 'schemaSettings'];
