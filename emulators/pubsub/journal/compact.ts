import { StoredMessage } from '../broker/message.ts';
import type { JournalState } from './replay.ts';
import type { Segment } from './segments.ts';

export type Kept = ReadonlyMap<number, readonly StoredMessage[]>;

/**
 * Writes a state as one segment that stands alone. The messages that are left are copied out of the pieces of memory
 * they were read in, or one unacknowledged message would keep a whole old segment in memory. Returns them by the number
 * of their subscription, the oldest first.
 */
export function writeState(segment: Segment, state: JournalState): Kept {
  segment.append({ kind: 'begin', alone: true, lastNumber: state.lastNumber, nextId: state.nextId });
  for (const [number, message] of state.topics) segment.append({ kind: 'topic', number, message });
  for (const [number, { message }] of state.subscriptions)
    segment.append({ kind: 'subscription', number, message });
  const copies = new Map<number, StoredMessage>();
  for (const { subscriptions, messages } of groups(state)) {
    const copied = copyOf(messages);
    segment.append({ kind: 'published', subscriptions, messages: copied });
    for (const message of copied) copies.set(message.id, message);
  }
  return new Map(
    [...state.subscriptions].map(([number, { held }]) => {
      const ids = [...held.keys()].sort((a, b) => a - b);
      return [number, ids.flatMap((id) => copies.get(id) ?? [])];
    }),
  );
}

interface Group {
  readonly subscriptions: number[];
  readonly messages: StoredMessage[];
}

/** Messages of one block that the same subscriptions hold. */
function groups(state: JournalState): Iterable<Group> {
  const holders = new Map<number, { message: StoredMessage; subscriptions: number[] }>();
  for (const [number, { held }] of state.subscriptions) {
    for (const [id, message] of held) {
      const entry = holders.get(id);
      if (entry === undefined) holders.set(id, { message, subscriptions: [number] });
      else entry.subscriptions.push(number);
    }
  }
  const byBlock = new Map<object, Map<string, Group>>();
  for (const { message, subscriptions } of holders.values()) {
    const ofBlock = byBlock.get(message.block) ?? new Map<string, Group>();
    byBlock.set(message.block, ofBlock);
    const key = subscriptions.join();
    const group = ofBlock.get(key);
    if (group === undefined) ofBlock.set(key, { subscriptions, messages: [message] });
    else group.messages.push(message);
  }
  return [...byBlock.values()].flatMap((ofBlock) => [...ofBlock.values()]);
}

function copyOf(messages: readonly StoredMessage[]): StoredMessage[] {
  const size = messages.reduce((sum, message) => sum + message.size, 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  const from = messages[0]?.block;
  const block = { bytes, publishedAt: from?.publishedAt ?? 0, trailerBytes: from?.trailerBytes ?? 0 };
  let at = 0;
  return messages.map((message) => {
    const start = at;
    at += message.block.bytes.copy(bytes, at, message.start, message.end);
    return new StoredMessage(block, start, at, message.id);
  });
}
