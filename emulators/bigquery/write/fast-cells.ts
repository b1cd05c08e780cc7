import { isUtf8 } from 'node:buffer';
import type { DuckDBValue } from '@duckdb/node-api';
import { BadValue } from './column-readers.ts';
import { hashBytes, hashNumber } from './known-keys.ts';
import type { ProtoReader } from './proto-reader.ts';
import { type Base, putBytes, type Slab, type SlabColumn, setValid, type Width } from './slab.ts';

/** Reads one value off the wire and puts it where DuckDB will read it. */
export type Cell = (reader: ProtoReader, slab: Slab, row: number, base: Base) => void;

const at = (slab: Slab, column: number): SlabColumn => slab.columns[column] as SlabColumn;

/** Where it begins; its end is left in `position`. */
function utf8(r: ProtoReader): number {
  const end = r.lengthDelimited();
  const start = r.position;
  const { bytes } = r;
  const { words } = r;
  let any = 0;
  let i = start;
  for (; i + 4 <= end; i += 4) any |= words.getInt32(i, true);
  for (; i < end; i++) any |= bytes[i] as number;
  if ((any & 0x80808080) !== 0 && !isUtf8(bytes.subarray(start, end)))
    throw new BadValue('value is not valid UTF-8');
  r.position = end;
  return start;
}

export function textCell(column: number, longest = 0): Cell {
  return (r, slab, row, base) => {
    const start = utf8(r);
    const length = r.position - start;
    // No character takes less than one byte.
    if (longest > 0 && length > longest) {
      const characters = [...r.bytes.toString('utf8', start, r.position)].length;
      if (characters > longest)
        throw new BadValue(
          `STRING(${longest}) has maximum length ${longest} but got a value with length ${characters}`,
        );
    }
    const cells = at(slab, column);
    putBytes(cells, row, r.bytes, start, length, base);
    setValid(cells, row);
  };
}

export function jsonCell(column: number): Cell {
  return (r, slab, row, base) => {
    const start = utf8(r);
    const length = r.position - start;
    const first = r.bytes[start];
    // `[]` and `{}` are what such a column holds most.
    const bare =
      length === 2 && (first === 0x5b || first === 0x7b) && r.bytes[start + 1] === (first ?? 0) + 2;
    if (!bare)
      try {
        JSON.parse(r.bytes.toString('utf8', start, r.position));
      } catch {
        throw new BadValue('value is not valid JSON');
      }
    const cells = at(slab, column);
    putBytes(cells, row, r.bytes, start, length, base);
    setValid(cells, row);
  };
}

export function bytesCell(column: number): Cell {
  return (r, slab, row, base) => {
    const end = r.lengthDelimited();
    const cells = at(slab, column);
    putBytes(cells, row, r.bytes, r.position, end - r.position, base);
    r.position = end;
    setValid(cells, row);
  };
}

export function int64Cell(column: number): Cell {
  return (r, slab, row) => {
    r.varint();
    const cells = at(slab, column);
    cells.i32[row * 2] = r.low;
    cells.i32[row * 2 + 1] = r.high;
    setValid(cells, row);
  };
}

const firstMicros = -62_135_596_800_000_000n;
const lastMicros = 253_402_300_799_999_999n;
/** The upper halves of the first and the last microsecond; what is between them is certainly in range. */
const lowestHigh = Number(firstMicros >> 32n);
const highestHigh = Number(lastMicros >> 32n);

export function timestampCell(column: number): Cell {
  return (r, slab, row) => {
    r.varint();
    if (r.high <= lowestHigh || r.high >= highestHigh) {
      const micros = (BigInt(r.high) << 32n) | BigInt(r.low >>> 0);
      if (micros < firstMicros || micros > lastMicros)
        throw new BadValue(`value ${micros} is out of the range of TIMESTAMP`);
    }
    const cells = at(slab, column);
    cells.i32[row * 2] = r.low;
    cells.i32[row * 2 + 1] = r.high;
    setValid(cells, row);
  };
}

export function dateCell(column: number): Cell {
  return (r, slab, row) => {
    r.varint();
    if (r.high !== r.low >> 31 || r.low < -719_162 || r.low > 2_932_896)
      throw new BadValue(
        `value ${(BigInt(r.high) << 32n) | BigInt(r.low >>> 0)} is out of the range of DATE`,
      );
    const cells = at(slab, column);
    cells.i32[row] = r.low;
    setValid(cells, row);
  };
}

export function boolCell(column: number): Cell {
  return (r, slab, row) => {
    r.varint();
    const cells = at(slab, column);
    cells.u8[row] = r.low | r.high ? 1 : 0;
    setValid(cells, row);
  };
}

export function doubleCell(column: number): Cell {
  return (r, slab, row) => {
    const cells = at(slab, column);
    cells.f64[row] = r.bytes.readDoubleLE(r.fixed(8));
    setValid(cells, row);
  };
}

export const decimalWidth = (precision: number): Width =>
  precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
const dot = 0x2e;

/** Digits of up to 15 places in all fit a double; the rest, and every fault, goes the slow way. */
export function decimalCell(column: number, precision: number, scale: number, slow: Cell): Cell {
  const width = decimalWidth(precision);
  const mostWhole = precision - scale;
  return (r, slab, row, base) => {
    const before = r.position;
    const end = r.lengthDelimited();
    const { bytes } = r;
    let i = r.position;
    const negative = bytes[i] === 0x2d;
    if (negative) i++;
    let value = 0;
    let whole = 0;
    let decimals = -1;
    for (; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === dot && decimals < 0) decimals = 0;
      else if (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + (byte - 0x30);
        if (decimals >= 0) decimals++;
        else whole++;
      } else break;
    }
    if (decimals < 0) decimals = 0;
    if (i < end || whole === 0 || whole > mostWhole || decimals > scale || whole + scale > 15) {
      r.position = before;
      return slow(r, slab, row, base);
    }
    for (; decimals < scale; decimals++) value *= 10;
    r.position = end;
    const cells = at(slab, column);
    putWhole(cells, row, width, negative ? -value : value);
    setValid(cells, row);
  };
}

function putWhole(cells: SlabColumn, row: number, width: Width, value: number): void {
  if (width === 2) cells.i16[row] = value;
  else if (width === 4) cells.i32[row] = value;
  else {
    const high = Math.floor(value / 4_294_967_296);
    const first = (row * width) / 4;
    cells.i32[first] = value - high * 4_294_967_296;
    cells.i32[first + 1] = high;
    if (width === 16) {
      cells.i32[first + 2] = high >> 31;
      cells.i32[first + 3] = high >> 31;
    }
  }
}

/** Any value there is a JavaScript form of. */
export function oddCell(column: number, read: (r: ProtoReader) => DuckDBValue): Cell {
  return (r, slab, row) => {
    const value = read(r);
    setOdd(slab, column, row, value);
  };
}

export function setOdd(slab: Slab, column: number, row: number, value: DuckDBValue): void {
  slab.odd.push({ column, row, value });
  setValid(at(slab, column), row);
}

/** A key column also leaves its part of the key's hash in `parts`; by place, so that the order on the wire does not matter. */
export function hashedText(cell: Cell, parts: Int32Array, key: number): Cell {
  return (r, slab, row, base) => {
    const before = r.position;
    cell(r, slab, row, base);
    const end = r.position;
    r.position = before;
    r.lengthDelimited();
    parts[key * 2] = key;
    parts[key * 2 + 1] = 0;
    hashBytes(r.bytes, r.position, end, parts, key * 2);
    r.position = end;
  };
}
export function hashedNumber(cell: Cell, parts: Int32Array, key: number): Cell {
  return (r, slab, row, base) => {
    cell(r, slab, row, base);
    parts[key * 2] = key;
    parts[key * 2 + 1] = 0;
    hashNumber(r.low, r.high, parts, key * 2);
  };
}
