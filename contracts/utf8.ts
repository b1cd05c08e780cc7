import { TextDecoder } from './host.ts';

/** Bytes to text, or undefined when they are not UTF-8. QuickJS has no TextDecoder: there it is done by hand. */
export const utf8Text: (bytes: Uint8Array) => string | undefined = nativeDecoder() ?? utf8TextByHand;

function nativeDecoder(): ((bytes: Uint8Array) => string | undefined) | undefined {
  if (TextDecoder === undefined) return undefined;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
}

/** fromCharCode takes its arguments from the stack. */
const longestRun = 4_096;

/** `apply` takes whatever has a length; its type knows lists only. */
function asList(bytes: Uint8Array): number[] {
  return bytes as unknown as number[];
}

/** A leading byte order mark is dropped, as the Encoding standard says. */
export function utf8TextByHand(bytes: Uint8Array): string | undefined {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const parts: string[] = [];
  let units: number[] = [];
  while (at < bytes.length) {
    // A run of ASCII goes over whole: an interpreter takes its time for every step of a loop.
    const end = Math.min(at + longestRun, bytes.length);
    let run = at;
    while (run < end && (bytes[run] ?? 0) < 0x80) run++;
    if (run > at) {
      parts.push(
        String.fromCharCode(...units),
        String.fromCharCode.apply(null, asList(bytes.subarray(at, run))),
      );
      units = [];
      at = run;
      continue;
    }
    const first = bytes[at] ?? 0;
    const width =
      first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (width === 0 || at + width > bytes.length) return undefined;
    let point = width === 1 ? first : first & (0x7f >> width);
    for (let i = 1; i < width; i++) {
      const next = bytes[at + i] ?? 0;
      if ((next & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (next & 0x3f);
    }
    // Overlong forms, surrogates and what lies beyond Unicode.
    if (width === 3 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) return undefined;
    if (width === 4 && (point < 0x10000 || point > 0x10ffff)) return undefined;
    if (point > 0xffff) units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
    else units.push(point);
    at += width;
    if (units.length > longestRun) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join('');
}
