import { invalidArgument, required } from './errors.ts';

/** 3–63 characters, up to 222 with dots where each part has at most 63; no IP address, no `goog` prefix. */
export function checkBucketName(name: unknown): string {
  if (typeof name !== 'string' || name === '') throw required('name');
  const wellFormed = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name);
  const partsFit = name.split('.').every((part) => part.length > 0 && part.length <= 63);
  const forbidden = /^goog|google/.test(name) || /^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (!wellFormed || !partsFit || forbidden) throw invalidArgument(`Invalid bucket name: '${name}'`);
  return name;
}

/** 1–1024 bytes of UTF-8 without line breaks. Slashes, `..` between slashes and any other character are plain text. */
export function checkObjectName(name: string | undefined): string {
  if (name === undefined || name === '') throw required('name');
  if (!name.isWellFormed()) throw invalidArgument('Object names must be valid UTF-8.');
  const bytes = Buffer.byteLength(name);
  if (bytes > 1024) {
    throw invalidArgument(
      `The maximum object length is 1024 characters, but got a name with ${bytes} characters.`,
    );
  }
  if (
    /[\r\n]/.test(name) ||
    name === '.' ||
    name === '..' ||
    name.startsWith('.well-known/acme-challenge/')
  ) {
    throw invalidArgument(`Invalid object name: '${name}'`);
  }
  return name;
}

/**
 * The service lists by the bytes of UTF-8, which is the order of code points. JavaScript compares UTF-16 units:
 * surrogates (U+10000 and above) would come before U+E000–U+FFFF.
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
