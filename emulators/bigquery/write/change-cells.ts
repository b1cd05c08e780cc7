import { BadValue } from './column-readers.ts';
import { type Cell, setOdd } from './fast-cells.ts';
import type { ProtoReader } from './proto-reader.ts';
import { putBytes, type SlabColumn, setValid } from './slab.ts';

const upsert = Buffer.from('UPSERT');
const deletion = Buffer.from('DELETE');

/** 1 for a deletion. */
export function changeType(column: number): Cell {
  return (r, slab, row) => {
    const end = r.lengthDelimited();
    const start = r.position;
    const cells = slab.columns[column] as SlabColumn;
    const isDeletion = r.bytes[start] === deletion[0];
    if (!isWord(isDeletion ? deletion : upsert, r.bytes, start, end))
      throw new BadValue(
        `_CHANGE_TYPE must be UPSERT or DELETE, got ${r.bytes.toString('utf8', start, end) || 'nothing'}`,
      );
    r.position = end;
    cells.u8[row] = isDeletion ? 1 : 0;
    setValid(cells, row);
  };
}

function isWord(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Most writers send full sections of 16 digits, which are kept as they lie. */
export function sequenceCell(column: number): Cell {
  const isNormal = normalForm();
  return (r, slab, row, base) => {
    const end = r.lengthDelimited();
    const start = r.position;
    r.position = end;
    if (!isNormal(r, start, end))
      return setOdd(slab, column, row, normalSequence(r.bytes.toString('utf8', start, end)));
    const cells = slab.columns[column] as SlabColumn;
    putBytes(cells, row, r.bytes, start, end - start, base);
    setValid(cells, row);
  };
}

/** One sequence is much like the one before: only digits that differ from it are looked at, two by two. */
function normalForm(): (r: ProtoReader, start: number, end: number) => boolean {
  const before = new Int32Array(16).fill(0x30303030);
  return ({ bytes, words }, start, end) => {
    const length = end - start;
    if (length > 67 || length % 17 !== 16) return false;
    let place = 0;
    for (let section = start; section < end; section += 17) {
      if (section > start && bytes[section - 1] !== 0x2f) return false;
      for (let at = section; at < section + 16; at += 4, place++) {
        const word = words.getInt32(at, true);
        if (word === before[place]) continue;
        if (digitPairs[word & 0xffff] === 0 || digitPairs[word >>> 16] === 0) return false;
        before[place] = word;
      }
    }
    return true;
  };
}

/** By the two bytes as one number, whether both are digits. */
const digitPairs = new Uint8Array(65_536);
const digits = Buffer.from('0123456789ABCDEF');
for (const one of digits) for (const other of digits) digitPairs[(one << 8) | other] = 1;

/** Sections padded to 16 digits, so that comparing text compares numbers section by section. */
export function normalSequence(text: string): string {
  if (!/^[0-9a-fA-F]{1,16}(\/[0-9a-fA-F]{1,16}){0,3}$/.test(text))
    throw new BadValue(
      `_CHANGE_SEQUENCE_NUMBER must be 1 to 4 hexadecimal sections of 1 to 16 digits, got "${text}"`,
    );
  return text
    .toUpperCase()
    .split('/')
    .map((section) => section.padStart(16, '0'))
    .join('/');
}
