import type { Bytes } from './bytes.ts';

/** The types of Thrift's compact protocol that Parquet's headers are made of. */
const wire = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** Says the fields of one struct, in rising order of their ids. */
export class StructWriter {
  readonly #out: Bytes;
  #lastId = 0;

  constructor(out: Bytes) {
    this.#out = out;
  }

  bool(id: number, value: boolean): void {
    this.#field(id, value ? wire.true : wire.false);
  }

  i32(id: number, value: number): void {
    this.#field(id, wire.i32);
    this.#out.zigzag(value);
  }

  i64(id: number, value: number): void {
    this.#field(id, wire.i64);
    this.#out.zigzag(value);
  }

  binary(id: number, value: Uint8Array | string): void {
    this.#field(id, wire.binary);
    appendBinary(this.#out, value);
  }

  struct(id: number, write: (inner: StructWriter) => void): void {
    this.#field(id, wire.struct);
    writeStruct(this.#out, write);
  }

  structs<T>(id: number, items: readonly T[], write: (inner: StructWriter, item: T) => void): void {
    this.#list(id, wire.struct, items.length);
    for (const item of items) writeStruct(this.#out, (inner) => write(inner, item));
  }

  i32s(id: number, items: readonly number[]): void {
    this.#list(id, wire.i32, items.length);
    for (const item of items) this.#out.zigzag(item);
  }

  texts(id: number, items: readonly string[]): void {
    this.#list(id, wire.binary, items.length);
    for (const item of items) appendBinary(this.#out, item);
  }

  #list(id: number, type: number, count: number): void {
    this.#field(id, wire.list);
    if (count < 15) this.#out.uint8((count << 4) | type);
    else {
      this.#out.uint8(0xf0 | type);
      this.#out.varint(count);
    }
  }

  /** The id as the distance from the field before; every struct of Parquet keeps it below 16. */
  #field(id: number, type: number): void {
    this.#out.uint8(((id - this.#lastId) << 4) | type);
    this.#lastId = id;
  }
}

export function writeStruct(out: Bytes, write: (fields: StructWriter) => void): void {
  write(new StructWriter(out));
  out.uint8(0);
}

function appendBinary(out: Bytes, value: Uint8Array | string): void {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  out.varint(bytes.length);
  out.append(bytes);
}
