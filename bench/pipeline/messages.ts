import { freemem } from 'node:os';
import protobuf from 'protobufjs';
import type { Instant } from '../../contracts/index.ts';
import { defaultDefects, generate } from '../../generator/index.ts';

/** The shop's messages as fields of a PublishRequest, side by side: a million objects would be the collector's work. */
export interface Messages {
  readonly count: number;
  /** Some of them from this one on, at most so many, and how many they are; after the last comes the first. */
  some(from: number, most: number): { readonly bytes: Uint8Array; readonly count: number };
}

interface Block {
  readonly bytes: Buffer;
  /** Where each begins, and where the last ends. */
  readonly starts: readonly number[];
}

const epoch = 1_483_326_000_000_000 as Instant;
const blockMessages = 5_000;
const roughBytes = 1_700;
const shareOfMemory = 1 / 4;

/** As many different ones as are asked for, as long as they fit into memory: what is sent again is another load. */
export function madeMessages(wanted: number): Messages {
  const count = Math.min(wanted, Math.floor((freemem() * shareOfMemory) / roughBytes));
  const blocks = [...blocksOf(count)];
  return {
    count,
    some(from, most) {
      const at = from % count;
      const block = blocks[Math.floor(at / blockMessages)];
      const first = at % blockMessages;
      const last = Math.min(first + most, (block?.starts.length ?? 1) - 1);
      const bytes = block?.bytes.subarray(block.starts[first], block.starts[last]) ?? new Uint8Array();
      return { bytes, count: last - first };
    },
  };
}

function* blocksOf(count: number): Iterable<Block> {
  let made = 0;
  let parts: Uint8Array[] = [];
  for (const { bytes, attributes } of generate({
    seed: 1,
    orders: count,
    epoch,
    defects: defaultDefects,
    streams: ['orders'],
  })) {
    parts.push(fieldOf(bytes, attributes));
    made++;
    if (parts.length < blockMessages && made < count) continue;
    yield blockOf(parts);
    parts = [];
    if (made === count) return;
  }
}

function fieldOf(bytes: Uint8Array, attributes: Readonly<Record<string, string>>): Uint8Array {
  const writer = protobuf.Writer.create().uint32(0x12).fork().uint32(0x0a).bytes(bytes);
  for (const [key, value] of Object.entries(attributes)) {
    writer.uint32(0x12).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim();
  }
  return writer.ldelim().finish();
}

function blockOf(parts: readonly Uint8Array[]): Block {
  const starts = [0];
  for (const { length } of parts) starts.push((starts.at(-1) ?? 0) + length);
  return { bytes: Buffer.concat(parts), starts };
}
