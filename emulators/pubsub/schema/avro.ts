import { createRequire } from 'node:module';
import type avsc from 'avsc';

/** Tells whether bytes are one datum of a schema. */
export interface Datum {
  json(bytes: Uint8Array): boolean;
  binary(bytes: Uint8Array): boolean;
}

const load = createRequire(import.meta.url);

/** Loaded with the first schema: emulators that see none are ready earlier without it. */
const library = (): typeof avsc => load('avsc') as typeof avsc;

/** Throws with the reason when the text defines no Avro type. */
export function readAvro(definition: string): Datum {
  const { Type, types } = library();
  const long = types.LongType.__with(wholeLong);
  // Wrapped, as the Avro specification encodes unions in JSON: {"string": "x"}.
  const type = Type.forSchema(JSON.parse(definition), { wrapUnions: true, registry: { long } });
  return {
    json: (bytes) => holds(() => type.fromString(withoutWideNumbers(Buffer.from(bytes).toString('utf8')))),
    binary: (bytes) => holds(() => type.fromBuffer(Buffer.from(bytes))),
  };
}

function holds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** All of 64 bits: the library by itself refuses what a double does not hold. */
const wholeLong = {
  fromBuffer: (bytes: Buffer): bigint => bytes.readBigInt64LE(),
  toBuffer: (value: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: unknown): bigint => {
    if (!Number.isSafeInteger(value)) throw new Error(`Expected a whole number, got ${String(value)}.`);
    return BigInt(value as number);
  },
  toJSON: Number,
  isValid: (value: unknown): boolean => typeof value === 'bigint',
  compare: (a: bigint, b: bigint): 0 | 1 | -1 => (a < b ? -1 : a > b ? 1 : 0),
};

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** JSON.parse rounds them; for the question whether they are valid any other of 64 bits does as well. */
function withoutWideNumbers(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  const plain = JSON.parse(text, (_, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? '';
    if (!/^-?\d+$/.test(source)) return value;
    const whole = BigInt(source);
    return whole >= least && whole <= most ? Number.MAX_SAFE_INTEGER : value;
  });
  return JSON.stringify(plain);
}
