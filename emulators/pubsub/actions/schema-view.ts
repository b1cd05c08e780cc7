import type { SchemaMessage } from '../broker/settings.ts';

export type SchemaView = 'SCHEMA_VIEW_UNSPECIFIED' | 'BASIC' | 'FULL';

/** The brief view leaves the definition out. */
export function viewed(schema: SchemaMessage, view: SchemaView): SchemaMessage {
  if (view !== 'BASIC') return schema;
  const { definition: _, ...brief } = schema;
  return brief;
}
