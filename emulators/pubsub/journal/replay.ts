import { readFileSync } from 'node:fs';
import type { StoredMessage } from '../broker/message.ts';
import { type JournalRecord, readRecord } from './records.ts';
import type { SegmentFile } from './segments.ts';

export interface JournalState {
  lastNumber: number;
  nextId: number;
  readonly topics: Map<number, Uint8Array>;
  readonly subscriptions: Map<number, { message: Uint8Array; held: Map<number, StoredMessage> }>;
}

/** What the segments say together. Only the last may end in the middle of a record: it was being written. */
export function replay(segments: readonly SegmentFile[]): JournalState {
  const state: JournalState = { lastNumber: 0, nextId: 0, topics: new Map(), subscriptions: new Map() };
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
  switch (record.kind) {
    case 'begin':
      if (record.alone) {
        state.topics.clear();
        state.subscriptions.clear();
      }
      state.lastNumber = Math.max(state.lastNumber, record.lastNumber);
      state.nextId = Math.max(state.nextId, record.nextId);
      break;
    case 'topic':
      state.topics.set(record.number, record.message);
      state.lastNumber = Math.max(state.lastNumber, record.number);
      break;
    case 'topicDeleted':
      state.topics.delete(record.number);
      break;
    case 'subscription': {
      const held = state.subscriptions.get(record.number)?.held ?? new Map();
      state.subscriptions.set(record.number, { message: record.message, held });
      state.lastNumber = Math.max(state.lastNumber, record.number);
      break;
    }
    case 'subscriptionDeleted':
      state.subscriptions.delete(record.number);
      break;
    case 'published':
      for (const number of record.subscriptions) {
        const held = state.subscriptions.get(number)?.held;
        for (const message of record.messages) held?.set(message.id, message);
      }
      state.nextId = Math.max(state.nextId, (record.messages.at(-1)?.id ?? 0) + 1);
      break;
    case 'settled': {
      const held = state.subscriptions.get(record.number)?.held;
      for (const id of record.messageIds) held?.delete(id);
      break;
    }
  }
}
