const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;

const low = (n: bigint): bigint => BigInt.asUintN(64, n);
const rotate = (n: bigint, by: bigint): bigint => low((n >> by) | (n << (64n - by)));
const mix = (n: bigint): bigint => n ^ (n >> 47n);

function hash16(u: bigint, v: bigint, mul: bigint): bigint {
  const a = mix(low((u ^ v) * mul));
  return low(mix(low((v ^ a) * mul)) * mul);
}

/** Fingerprint64 of Google's FarmHash, of which FARM_FINGERPRINT is the signed form. The names are the algorithm's. */
export function farmFingerprint(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (offset: number): bigint => view.getBigUint64(offset, true);
  const { length } = bytes;
  const hash =
    length <= 16
      ? upTo16(bytes, view)
      : length <= 32
        ? upTo32(at, length)
        : length <= 64
          ? upTo64(at, length)
          : longer(at, length);
  return BigInt.asIntN(64, hash);
}

function upTo16(bytes: Uint8Array, view: DataView): bigint {
  const { length } = bytes;
  const mul = low(k2 + BigInt(length * 2));
  if (length >= 8) {
    const a = low(view.getBigUint64(0, true) + k2);
    const b = view.getBigUint64(length - 8, true);
    return hash16(low(rotate(b, 37n) * mul + a), low((rotate(a, 25n) + b) * mul), mul);
  }
  if (length >= 4)
    return hash16(
      BigInt(length) + (BigInt(view.getUint32(0, true)) << 3n),
      BigInt(view.getUint32(length - 4, true)),
      mul,
    );
  if (length === 0) return k2;
  const y = BigInt((bytes[0] ?? 0) + ((bytes[length >> 1] ?? 0) << 8));
  const z = BigInt(length + ((bytes[length - 1] ?? 0) << 2));
  return low(mix(low(y * k2) ^ low(z * k0)) * k2);
}

type Fetch = (offset: number) => bigint;

function upTo32(at: Fetch, length: number): bigint {
  const mul = low(k2 + BigInt(length * 2));
  const a = low(at(0) * k1);
  const b = at(8);
  const c = low(at(length - 8) * mul);
  const d = low(at(length - 16) * k2);
  return hash16(
    low(rotate(low(a + b), 43n) + rotate(c, 30n) + d),
    low(a + rotate(low(b + k2), 18n) + c),
    mul,
  );
}

function upTo64(at: Fetch, length: number): bigint {
  const mul = low(k2 + BigInt(length * 2));
  const a = low(at(0) * k2);
  const b = at(8);
  const c = low(at(length - 8) * mul);
  const d = low(at(length - 16) * k2);
  const y = low(rotate(low(a + b), 43n) + rotate(c, 30n) + d);
  const z = hash16(y, low(a + rotate(low(b + k2), 18n) + c), mul);
  const e = low(at(16) * mul);
  const f = at(24);
  const g = low((y + at(length - 32)) * mul);
  const h = low((z + at(length - 24)) * mul);
  return hash16(low(rotate(low(e + f), 43n) + rotate(g, 30n) + h), low(e + rotate(low(f + a), 18n) + g), mul);
}

type Pair = readonly [bigint, bigint];

function weak32(at: Fetch, offset: number, first: bigint, second: bigint): Pair {
  const z = at(offset + 24);
  let a = low(first + at(offset));
  let b = rotate(low(second + a + z), 21n);
  const c = a;
  a = low(a + at(offset + 8) + at(offset + 16));
  b = low(b + rotate(a, 44n));
  return [low(a + z), low(b + c)];
}

function longer(at: Fetch, length: number): bigint {
  let x = 81n;
  let y = low(81n * k1 + 113n);
  let z = low(mix(low(y * k2 + 113n)) * k2);
  let v: Pair = [0n, 0n];
  let w: Pair = [0n, 0n];
  x = low(x * k2 + at(0));
  const end = Math.floor((length - 1) / 64) * 64;
  const round = (s: number, mul: bigint, nine: bigint): void => {
    x = low(rotate(low(x + y + v[0] + at(s + 8)), 37n) * mul);
    y = low(rotate(low(y + v[1] + at(s + 48)), 42n) * mul);
    x ^= low(w[1] * nine);
    y = low(y + v[0] * nine + at(s + 40));
    z = low(rotate(low(z + w[0]), 33n) * mul);
    v = weak32(at, s, low(v[1] * mul), low(x + w[0]));
    w = weak32(at, s + 32, low(z + w[1]), low(y + at(s + 16)));
    [z, x] = [x, z];
  };
  for (let s = 0; s < end; s += 64) round(s, k1, 1n);
  const mul = low(k1 + ((z & 0xffn) << 1n));
  w = [low(w[0] + BigInt((length - 1) & 63)), w[1]];
  v = [low(v[0] + w[0]), v[1]];
  w = [low(w[0] + v[0]), w[1]];
  round(length - 64, mul, 9n);
  return hash16(low(hash16(v[0], w[0], mul) + low(mix(y) * k0) + z), low(hash16(v[1], w[1], mul) + x), mul);
}
