import type { DataFile } from './manifest.ts';

export interface Snapshot {
  readonly 'snapshot-id': bigint;
  readonly 'parent-snapshot-id'?: bigint;
  readonly 'sequence-number': number;
  readonly 'timestamp-ms': number;
  readonly 'manifest-list': string;
  readonly 'schema-id'?: number;
  readonly summary: Readonly<Record<string, string>>;
}

/**
 * Names one batch of one life of one writer. The epoch grows each time a writer starts: a batch of an earlier
 * epoch that comes late is refused, and batch ids may start over without being taken for batches already seen.
 */
export interface CommitToken {
  readonly writer: string;
  readonly epoch: number;
  readonly batchId: string;
  /** Everything up to this instant (µs) that this writer will ever bring is in the table. Never goes back. */
  readonly completeThrough?: number;
}

const keys = {
  writer: 'orderlake.writer',
  epoch: 'orderlake.epoch',
  batchId: 'orderlake.batch-id',
  completeThrough: 'orderlake.complete-through',
} as const;

/** What the ancestry of the current snapshot says about a writer. */
export interface WriterHistory {
  /** The snapshot that this very batch became, if it did. */
  readonly committed: Snapshot | undefined;
  readonly newestEpoch: number | undefined;
  readonly completeThrough: number | undefined;
}

export function historyOf(ancestry: Iterable<Snapshot>, token: CommitToken): WriterHistory {
  let committed: Snapshot | undefined;
  let newestEpoch: number | undefined;
  let completeThrough: number | undefined;
  for (const snapshot of ancestry) {
    const { summary } = snapshot;
    if (summary[keys.writer] !== token.writer) continue;
    const epoch = Number(summary[keys.epoch]);
    const through = summary[keys.completeThrough];
    newestEpoch = Math.max(newestEpoch ?? epoch, epoch);
    if (through !== undefined)
      completeThrough = Math.max(completeThrough ?? Number(through), Number(through));
    if (epoch === token.epoch && summary[keys.batchId] === token.batchId) committed ??= snapshot;
  }
  return { committed, newestEpoch, completeThrough };
}

/** From the newest to the oldest snapshot that is still kept. */
export function* ancestryOf(
  snapshots: readonly Snapshot[],
  current: bigint | undefined,
): Generator<Snapshot, void, undefined> {
  const byId = new Map(snapshots.map((each) => [each['snapshot-id'], each]));
  let snapshot = current === undefined ? undefined : byId.get(current);
  while (snapshot) {
    yield snapshot;
    const parent: bigint | undefined = snapshot['parent-snapshot-id'];
    snapshot = parent === undefined ? undefined : byId.get(parent);
  }
}

export function appendSummary(
  files: readonly DataFile[],
  token: CommitToken,
  history: WriterHistory,
  parent: Snapshot | undefined,
): Record<string, string> {
  const rows = files.reduce((sum, file) => sum + file.recordCount, 0);
  const bytes = files.reduce((sum, file) => sum + file.fileSizeInBytes, 0);
  const partitions = new Set(files.map(({ partition }) => partition.join('/'))).size;
  const through = latest(token.completeThrough, history.completeThrough);
  // Every value is text: a catalog that is given a JSON number here answers with a server error.
  return {
    operation: 'append',
    'added-data-files': String(files.length),
    'added-records': String(rows),
    'added-files-size': String(bytes),
    'changed-partition-count': String(partitions),
    ...total(parent, 'total-data-files', files.length),
    ...total(parent, 'total-records', rows),
    ...total(parent, 'total-files-size', bytes),
    'total-delete-files': '0',
    'total-position-deletes': '0',
    'total-equality-deletes': '0',
    [keys.writer]: token.writer,
    [keys.epoch]: String(token.epoch),
    [keys.batchId]: token.batchId,
    ...(through === undefined ? {} : { [keys.completeThrough]: String(through) }),
  };
}

/** A parent of another engine may not have counted; then the total is unknown and stays away. */
function total(parent: Snapshot | undefined, name: string, added: number): Record<string, string> {
  const before = parent ? parent.summary[name] : '0';
  return before === undefined ? {} : { [name]: String(Number(before) + added) };
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
