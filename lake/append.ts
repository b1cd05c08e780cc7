import {
  type Backoff,
  type Clock,
  ConflictError,
  messageOf,
  OrderlakeError,
  SetupError,
  TransientError,
  waitBefore,
} from '../runtime/index.ts';
import type { Catalog, CommitOutcome, LoadedTable } from './catalog.ts';
import type { DataFile } from './manifest.ts';
import type { ManifestFile } from './manifest-list.ts';
import type { AddedManifest, Manifests } from './manifests.ts';
import { currentSchema, snapshotOf } from './metadata.ts';
import { nameOf, type ObjectStore } from './object-store.ts';
import {
  ancestryOf,
  appendSummary,
  type CommitToken,
  historyOf,
  type Snapshot,
  type WriterHistory,
} from './snapshot.ts';

/*
 * One append, from written data files to a snapshot.
 *
 *   looking     The newest metadata is searched for our token. Found: the batch is in the table, whoever got the
 *               answer; done. A newer epoch of our writer found: we are a ghost; refused, our files discarded.
 *   staging     A manifest list is written for this attempt. Data files and their manifest are not written again.
 *   committing  The catalog is asked. committed: done. conflict: somebody else's version is there and ours never
 *               will be; wait, load, look again. unknown: ours may be there, or may still arrive; nothing is
 *               deleted; wait, load, look again. A late arrival of it cannot add the rows twice: our next attempt
 *               is for the same version, which exists once, or for a later one, and then we find our token first.
 *
 * Attempts are bounded. When they are used up the caller may append the same batch again, under the same token.
 */

export interface AppendTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly uuid: () => string;
}

export interface AppendContext {
  readonly catalog: Catalog;
  readonly store: ObjectStore;
  readonly folder: string;
  readonly manifests: Manifests;
  readonly tools: AppendTools;
}

export interface PreparedAppend {
  readonly token: CommitToken;
  readonly snapshotId: bigint;
  readonly files: readonly DataFile[];
  /** Lists the files; there is none for an append of no rows. */
  readonly added: AddedManifest | undefined;
}

export interface Appended {
  readonly table: LoadedTable;
  readonly snapshot: Snapshot;
}

/** As many manifests as a reader should have to open before it knows a table's files. */
const defaultManifestsBeforeMerge = 100;

/** What the table says about the token; refuses a writer that a newer epoch has taken over from. */
export function lookUp({ id, metadata }: LoadedTable, token: CommitToken): WriterHistory {
  const history = historyOf(ancestryOf(metadata.snapshots, metadata['current-snapshot-id']), token);
  const { committed, newestEpoch } = history;
  if (!committed && newestEpoch !== undefined && newestEpoch > token.epoch) {
    throw new ConflictError(`writer ${token.writer} of table ${id} has been replaced`, {
      expected: `epoch ${newestEpoch} or later`,
      got: `epoch ${token.epoch}`,
      action: 'stop this process: a newer one writes in its place',
    });
  }
  return history;
}

export async function commitAppend(
  context: AppendContext,
  start: LoadedTable,
  prepared: PreparedAppend,
): Promise<Appended> {
  const { catalog, tools } = context;
  const backoff = backoffOf(start);
  // Manifest lists of attempts that lost for certain; one whose outcome was unknown is never in here.
  const beaten: string[] = [];
  let base = start;
  let trouble: unknown;
  for (let attempt = 1; attempt <= backoff.attempts; attempt++) {
    try {
      if (attempt > 1) {
        await tools.clock.sleep(waitBefore(attempt - 1, backoff, tools.random()));
        base = (await catalog.load(base.id)) ?? base;
      }
      const history = await stillOurs(context, base, prepared, beaten);
      if (history.committed) {
        await discard(context.store, beaten);
        return { table: base, snapshot: history.committed };
      }
      if (trouble instanceof SetupError) throw trouble;
      const { snapshot, outcome } = await attemptCommit(context, base, prepared, history);
      if (outcome.kind === 'committed') {
        await discard(context.store, beaten);
        const landed = snapshotOf(outcome.table.metadata, prepared.snapshotId) ?? snapshot;
        return { table: outcome.table, snapshot: landed };
      }
      if (outcome.kind === 'conflict') beaten.push(snapshot['manifest-list']);
      trouble = outcome.kind === 'conflict' ? new ConflictError(outcome.reason) : outcome.cause;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      trouble = error;
    }
  }
  throw new TransientError(`table ${base.id} could not be committed to in ${backoff.attempts} attempts`, {
    got: messageOf(trouble),
    action: 'append the same batch again, under the same token',
    cause: trouble,
  });
}

/**
 * A replaced writer takes its files with it. They are unreferenced for certain: every attempt of ours was for a
 * version that, by the metadata in which the newer epoch stands, somebody else created.
 */
async function stillOurs(
  { store }: AppendContext,
  base: LoadedTable,
  { token, files, added }: PreparedAppend,
  beaten: readonly string[],
): Promise<WriterHistory> {
  try {
    return lookUp(base, token);
  } catch (error) {
    const manifest = added ? [added.location] : [];
    await discard(store, [...files.map(({ filePath }) => filePath), ...manifest, ...beaten]);
    throw error;
  }
}

async function attemptCommit(
  context: AppendContext,
  base: LoadedTable,
  prepared: PreparedAppend,
  history: WriterHistory,
): Promise<{ snapshot: Snapshot; outcome: CommitOutcome }> {
  const { metadata } = base;
  const snapshot = await stage(context, base, prepared, history);
  const outcome = await context.catalog.commit(
    base.id,
    base,
    [
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': 'main', 'snapshot-id': snapshot['snapshot-id'] },
    ],
    [
      { type: 'assert-table-uuid', uuid: metadata['table-uuid'] },
      {
        type: 'assert-ref-snapshot-id',
        ref: 'main',
        'snapshot-id': metadata['current-snapshot-id'] ?? null,
      },
    ],
    snapshot['snapshot-id'],
  );
  return { snapshot, outcome };
}

async function stage(
  context: AppendContext,
  { metadata }: LoadedTable,
  { token, snapshotId, files, added }: PreparedAppend,
  history: WriterHistory,
): Promise<Snapshot> {
  const { folder, manifests, tools } = context;
  const parent = snapshotOf(metadata, metadata['current-snapshot-id']);
  const sequenceNumber = metadata['last-sequence-number'] + 1;
  let before: readonly ManifestFile[] = await manifests.of(parent);
  if (before.length >= manifestsBeforeMerge(metadata.properties)) {
    const name = `${folder}/metadata/${tools.uuid()}-merged.avro`;
    before = await manifests.merge(before, { name, snapshotId, sequenceNumber });
  }
  const name = `${folder}/metadata/snap-${snapshotId}-${tools.uuid()}.avro`;
  const header = { snapshotId, parentSnapshotId: parent?.['snapshot-id'], sequenceNumber };
  const all = added ? [added.line(sequenceNumber), ...before] : before;
  const list = await manifests.writeList(header, all, name);
  return {
    'snapshot-id': snapshotId,
    ...(parent ? { 'parent-snapshot-id': parent['snapshot-id'] } : {}),
    'sequence-number': sequenceNumber,
    // A clock that was set back must not make the history run backwards: readers refuse such metadata.
    'timestamp-ms': Math.max(tools.clock.now(), metadata['last-updated-ms']),
    'manifest-list': list,
    'schema-id': currentSchema(metadata)['schema-id'],
    summary: appendSummary(files, token, history, parent),
  };
}

/** Only for files of ours that nothing can refer to any more. What stays behind costs space, not truth. */
export async function discard(store: ObjectStore, locations: readonly string[]): Promise<void> {
  const results = await Promise.allSettled(
    locations.map((location) => store.delete(nameOf(store, location))),
  );
  for (const result of results) {
    if (result.status === 'rejected' && !(result.reason instanceof OrderlakeError)) throw result.reason;
  }
}

function backoffOf({ metadata: { properties } }: LoadedTable): Backoff {
  return {
    attempts: 1 + wholeNumber(properties['commit.retry.num-retries'], 20),
    firstMillis: wholeNumber(properties['commit.retry.min-wait-ms'], 50),
    longestMillis: wholeNumber(properties['commit.retry.max-wait-ms'], 5_000),
  };
}

function manifestsBeforeMerge(properties: Readonly<Record<string, string>>): number {
  if (properties['commit.manifest-merge.enabled'] === 'false') return Number.POSITIVE_INFINITY;
  return wholeNumber(properties['commit.manifest.min-count-to-merge'], defaultManifestsBeforeMerge);
}

function wholeNumber(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}
