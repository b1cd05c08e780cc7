import { newBlock, StoredMessage } from '../broker/message.ts';
import type { JournalState } from './replay.ts';
import type { Segment } from './segments.ts';

export type Kept = ReadonlyMap<number, readonly StoredMessage[]>;

/**
 * Writes a state as one segment that stands alone. The messages that are left are copied out of the pieces of memory
 * they were read in, or one unacknowledged message would keep a whole old segment in memory. Returns them by the number
 * of who holds them, the oldest first.
 */
export function writeState(segment: Segment, state: JournalState): Kept {
  segment.append({ kind: 'begin', alone: true, lastNumber: state.lastNumber, nextId: state.nextId });
  for (const kind of ['topic', 'subscription', 'snapshot', 'schema'] as const)
    for (const [number, message] of state.things[kind]) segment.append({ kind, number, message });
  const copies = new Map<number, StoredMessage>();
  for (const { holders, messages } of groups(state)) {
    const copied = copyOf(messages);
    segment.append({ kind: 'published', holders, messages: copied });
    for (const message of copied) copies.set(message.id, message);
  }
  return new Map(
    [...state.held].map(([number, held]) => {
      const ids = [...held.keys()].sort((a, b) => a - b);
      return [number, ids.flatMap((id) => copies.get(id) ?? [])];
    }),
  );
}

interface Group {
  readonly holders: number[];
  readonly messages: StoredMessage[];
}

/** Messages of one block that the same holders hold. */
function groups(state: JournalState): Iterable<Group> {
  const holdersOf = new Map<number, { message: StoredMessage; holders: number[] }>();
  for (const [number, held] of state.held) {
    for (const [id, message] of held) {
      const entry = holdersOf.get(id);
      if (entry === undefined) holdersOf.set(id, { message, holders: [number] });
      else entry.holders.push(number);
    }
  }
  const byBlock = new Map<object, Map<string, Group>>();
  for (const { message, holders } of holdersOf.values()) {
    const ofBlock = byBlock.get(message.block) ?? new Map<string, Group>();
    byBlock.set(message.block, ofBlock);
    const key = holders.join();
    const group = ofBlock.get(key);
    if (group === undefined) ofBlock.set(key, { holders, messages: [message] });
    else group.messages.push(message);
  }
  return [...byBlock.values()].flatMap((ofBlock) => [...ofBlock.values()]);
}

function copyOf(messages: readonly StoredMessage[]): StoredMessage[] {
  const size = messages.reduce((sum, { start, end }) => sum + end - start, 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  const block = newBlock(bytes, messages[0]?.id ?? 0, messages[0]?.block.publishedAt ?? 0);
  let at = 0;
  return messages.map((message) => {
    const start = at;
    at += message.block.bytes.copy(bytes, at, message.start, message.end);
    return new StoredMessage(block, start, at, message.id - block.firstId);
  });
}
