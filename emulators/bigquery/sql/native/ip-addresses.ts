/** Addresses of the internet as the bytes that NET.* hands about: 4 for IPv4, 16 for IPv6. */
export function addressOf(text: string): Uint8Array | null {
  if (!text.includes(':')) return addressOfFour(text);
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || !/^[0-9a-f:.]+$/i.test(text)) return null;
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  if (!left || !right) return null;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...left, ...Array.from({ length: missing }, () => 0), ...right];
  return Uint8Array.from(all.flatMap((n) => [n >> 8, n & 255]));
}

function addressOfFour(text: string): Uint8Array | null {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  return four?.every((n) => Number(n) < 256 && !/^0\d/.test(n)) ? Uint8Array.from(four, Number) : null;
}

/** The last two groups may be written as an IPv4 address. */
function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const found: number[] = [];
  for (const part of text.split(':')) {
    const four = part.includes('.') ? addressOfFour(part) : undefined;
    if (four?.length === 4)
      found.push(((four[0] ?? 0) << 8) | (four[1] ?? 0), ((four[2] ?? 0) << 8) | (four[3] ?? 0));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) found.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return found;
}

export function requiredAddress(text: string): Uint8Array {
  const found = addressOf(text);
  if (!found) throw new Error(`NET.IP_FROM_STRING() encountered a non-IP string: ${text}`);
  return found;
}

/** IPv6 with its longest run of zeros left out. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) throw new Error('NET.IP_TO_STRING() takes 4 or 16 bytes');
  const all = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const hex = all.map((n) => n.toString(16)).join(':');
  const runs = [...hex.matchAll(/(?<=^|:)0(?::0)+(?=:|$)/g)].map((m) => ({ at: m.index, text: m[0] }));
  const longest = runs.sort((a, b) => b.text.length - a.text.length)[0];
  if (!longest) return hex;
  const after = hex.slice(longest.at + longest.text.length).replace(/^:/, '');
  // An address of version 4 in one of version 6 is written as such.
  if (/^0:0:0:0:0:(ffff:|0:[1-9a-f])/.test(hex))
    return `::${after.replace(/[^:]+:[^:]+$/, bytes.slice(12).join('.'))}`;
  return `${hex.slice(0, longest.at).replace(/:$/, '')}::${after}`;
}

export function addressMask(size: bigint, bits: bigint): Uint8Array {
  if ((size !== 4n && size !== 16n) || bits < 0n || bits > size * 8n)
    throw new Error('NET.IP_NET_MASK() takes 4 or 16 bytes and no more bits than they have');
  return Uint8Array.from({ length: Number(size) }, (_, i) => {
    const left = Math.min(8, Math.max(0, Number(bits) - 8 * i));
    return (0xff << (8 - left)) & 0xff;
  });
}

export function truncateAddress(bytes: Uint8Array, bits: bigint): Uint8Array {
  const mask = addressMask(BigInt(bytes.length), bits);
  return bytes.map((byte, i) => byte & (mask[i] ?? 0));
}

export function wholeOfAddress(bytes: Uint8Array): bigint {
  if (bytes.length !== 4) throw new Error('NET.IPV4_TO_INT64() takes 4 bytes');
  return BigInt(Buffer.from(bytes).readUInt32BE());
}

export function addressOfWhole(value: bigint): Uint8Array {
  if (value < -(2n ** 31n) || value >= 2n ** 32n)
    throw new Error('NET.IPV4_FROM_INT64() takes a whole number of 32 bits');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)));
  return bytes;
}
