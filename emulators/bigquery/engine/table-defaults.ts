import type { Body, TableBody } from './metadata.ts';

/** What a table gets from its dataset when it is made and says nothing of its own. */
export function withDefaults(body: TableBody, dataset: Body, now: number): TableBody {
  const time = String(Math.floor(now));
  const tableMillis = Number(dataset.defaultTableExpirationMs ?? 0);
  const partitionMillis = Number(dataset.defaultPartitionExpirationMs ?? 0);
  const partitioning = body.timePartitioning;
  return {
    creationTime: time,
    lastModifiedTime: time,
    // Of the two a partitioned table takes the partitions' alone.
    ...(tableMillis > 0 &&
      !(partitioning && partitionMillis > 0) &&
      body.type === 'TABLE' && { expirationTime: String(Math.floor(now + tableMillis)) }),
    ...body,
    ...(partitioning &&
      partitionMillis > 0 && {
        timePartitioning: { expirationMs: String(partitionMillis), ...partitioning },
      }),
  };
}
