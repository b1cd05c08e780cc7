import { BadValue } from './column-readers.ts';
import { type Cell, setOdd, textCell } from './fast-cells.ts';
import { type SlabColumn, setValid } from './slab.ts';

/** 1 for a deletion. */
export function changeType(column: number): Cell {
  return (r, slab, row) => {
    const end = r.lengthDelimited();
    const cells = slab.columns[column] as SlabColumn;
    // 'U' or 'D' decides quickly; the whole word is compared all the same.
    const word = r.bytes[r.position] === 0x55 ? 'UPSERT' : 'DELETE';
    if (end - r.position !== 6 || r.bytes.toString('latin1', r.position, end) !== word)
      throw new BadValue(
        `_CHANGE_TYPE must be UPSERT or DELETE, got ${r.bytes.toString('utf8', r.position, end) || 'nothing'}`,
      );
    r.position = end;
    cells.u8[row] = word === 'DELETE' ? 1 : 0;
    setValid(cells, row);
  };
}

/** Most writers send full sections of 16 digits, which are kept as they lie. */
export function sequenceCell(column: number): Cell {
  const asItIs = textCell(column);
  return (r, slab, row, base) => {
    const before = r.position;
    const end = r.lengthDelimited();
    if (isNormal(r.bytes, r.position, end)) {
      r.position = before;
      return asItIs(r, slab, row, base);
    }
    const text = r.bytes.toString('utf8', r.position, end);
    r.position = end;
    setOdd(slab, column, row, normalSequence(text));
  };
}

function isNormal(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length > 67 || length % 17 !== 16) return false;
  for (let i = start, digits = 0; i < end; i++) {
    const byte = bytes[i] as number;
    if (digits === 16) {
      if (byte !== 0x2f) return false;
      digits = 0;
    } else if ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46)) digits++;
    else return false;
  }
  return true;
}

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
