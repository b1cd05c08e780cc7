import { readFileSync } from 'node:fs';
import type { StoredMessage } from '../broker/message.ts';
import { retainedNumber } from '../broker/recorder.ts';
import { type JournalRecord, readRecord, type Thing } from './records.ts';
import type { SegmentFile } from './segments.ts';

export interface JournalState {
  lastNumber: number;
  nextId: number;
  /** The encoded messages of everything there is, by number. */
  readonly things: Readonly<Record<Thing, Map<number, Uint8Array>>>;
  /** Who holds which messages. */
  readonly held: Map<number, Map<number, StoredMessage>>;
}

/** What the segments say together. Only the last may end in the middle of a record: it was being written. */
export function replay(segments: readonly SegmentFile[]): JournalState {
  const state: JournalState = {
    lastNumber: 0,
    nextId: 0,
    things: { topic: new Map(), subscription: new Map(), snapshot: new Map(), schema: new Map() },
    held: new Map(),
  };
  segments.forEach((segment, i) => {
    const bytes = readFileSync(segment.path);
    let at = 0;
    for (let read = readRecord(bytes, at); read !== undefined; read = readRecord(bytes, at)) {
      apply(state, read.record);
      at = read.next;
    }
    if (at < bytes.length && i < segments.length - 1) {
      throw new Error(
        `The journal ${segment.path} is damaged at byte ${at} of ${bytes.length}. Restore the folder from a copy, or remove it to begin anew without its messages.`,
      );
    }
  });
  return state;
}

function apply(state: JournalState, record: JournalRecord): void {
  const { things } = state;
  switch (record.kind) {
    case 'begin':
      if (record.alone) {
        for (const all of Object.values(things)) all.clear();
        state.held.clear();
      }
      state.lastNumber = Math.max(state.lastNumber, record.lastNumber);
      state.nextId = Math.max(state.nextId, record.nextId);
      break;
    case 'topic':
    case 'subscription':
    case 'snapshot':
    case 'schema':
      things[record.kind].set(record.number, record.message);
      state.lastNumber = Math.max(state.lastNumber, record.number);
      break;
    case 'topicDeleted':
      things.topic.delete(record.number);
      state.held.delete(record.number);
      break;
    case 'subscriptionDeleted':
      things.subscription.delete(record.number);
      state.held.delete(record.number);
      state.held.delete(retainedNumber(record.number));
      break;
    case 'snapshotDeleted':
      things.snapshot.delete(record.number);
      state.held.delete(record.number);
      break;
    case 'schemaDeleted':
      things.schema.delete(record.number);
      break;
    case 'published':
      for (const number of record.holders) {
        const held = heldBy(state, number);
        for (const message of record.messages) held.set(message.id, message);
      }
      state.nextId = Math.max(state.nextId, (record.messages.at(-1)?.id ?? 0) + 1);
      break;
    case 'taken': {
      const [from, held] = [heldBy(state, record.from), heldBy(state, record.number)];
      for (const id of record.messageIds) {
        const message = from.get(id);
        if (message !== undefined) held.set(id, message);
      }
      break;
    }
    case 'settled': {
      const held = state.held.get(record.number);
      for (const id of record.messageIds) held?.delete(id);
      break;
    }
  }
}

function heldBy({ held }: JournalState, number: number): Map<number, StoredMessage> {
  const known = held.get(number);
  if (known !== undefined) return known;
  const created = new Map<number, StoredMessage>();
  held.set(number, created);
  return created;
}
