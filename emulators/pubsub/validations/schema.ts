import { invalid } from '../../frame/index.ts';
import type { SchemaMessage } from '../broker/settings.ts';
import { datumOf } from '../schema/registry.ts';
import { anything, check, outputOnly, type Rule, type Rules, resource } from './rules.ts';

const longestDefinitionBytes = 300 * 1024;

const definition: Rule = (value) => {
  const bytes = Buffer.byteLength(String(value ?? ''));
  if (bytes === 0) throw invalid('Invalid schema: the definition is empty.');
  if (bytes > longestDefinitionBytes) {
    throw invalid(`Invalid schema: the definition has ${bytes} bytes; at most ${longestDefinitionBytes}.`);
  }
};

const rules: Rules = { type: anything, definition, revisionId: outputOnly, revisionCreateTime: outputOnly };

/** Its definition is read too: a schema that is no schema is never stored. */
export function checkSchema(schema: SchemaMessage, options: { named: boolean }): void {
  check('Schema', schema, { ...rules, name: options.named ? resource('schemas') : anything });
  datumOf(schema);
}
