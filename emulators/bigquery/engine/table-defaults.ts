import type { Body, TableBody } from './metadata.ts';
import type { SchemaField } from './schema.ts';

/** What a table gets from its dataset when it is made and says nothing of its own. */
export function withDefaults(asked: TableBody, dataset: Body, now: number): TableBody {
  const time = String(Math.floor(now));
  const tableMillis = Number(dataset.defaultTableExpirationMs ?? 0);
  const partitionMillis = Number(dataset.defaultPartitionExpirationMs ?? 0);
  const partitioning = asked.timePartitioning;
  const { defaultCollation: own, ...body } = asked;
  const isTable = body.type === 'TABLE';
  const collation = isTable ? (own ?? dataset.defaultCollation) : undefined;
  return {
    creationTime: time,
    lastModifiedTime: time,
    // Of the two a partitioned table takes the partitions' alone.
    ...(tableMillis > 0 &&
      !(partitioning && partitionMillis > 0) &&
      isTable && { expirationTime: String(Math.floor(now + tableMillis)) }),
    ...body,
    ...(collation ? { defaultCollation: String(collation) } : {}),
    schema: { ...body.schema, fields: withCollation(body.schema.fields, collation) },
    ...(partitioning &&
      partitionMillis > 0 && {
        timePartitioning: { expirationMs: String(partitionMillis), ...partitioning },
      }),
  };
}

/** Texts that say nothing of how they are compared take what their table says; one that is empty says that it is usual. */
export function withCollation(
  fields: readonly SchemaField[],
  collation: unknown,
  before: readonly SchemaField[] = [],
): SchemaField[] {
  return fields.map((field) => {
    const old = before.find((f) => f.name.toLowerCase() === field.name.toLowerCase());
    const own = field.collation ?? (old ? old.collation : collation || undefined);
    return {
      ...field,
      ...(/^STRING$/i.test(field.type) && own !== undefined && { collation: String(own) }),
      ...(field.fields && { fields: withCollation(field.fields, collation, old?.fields) }),
    };
  });
}
