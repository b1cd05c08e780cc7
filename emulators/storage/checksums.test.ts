import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32cText, crc32cUpdate, parseHashHeader } from './checksums.ts';

const hex = (bytes: Uint8Array) => crc32cUpdate(0, bytes).toString(16).padStart(8, '0');

describe('CRC-32C', () => {
  // RFC 3720, appendix B.4 (there in little-endian order), and the check value of the polynomial.
  test.each([
    ['32 zeros', Buffer.alloc(32), '8a9136aa'],
    ['32 bytes of ones', Buffer.alloc(32, 0xff), '62a8ab43'],
    ['32 rising bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), '46dd794e'],
    ['32 falling bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), '113fdb5c'],
    ['123456789', Buffer.from('123456789'), 'e3069283'],
    ['nothing', Buffer.alloc(0), '00000000'],
  ])('of %s', (_, bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });

  test('is written as four bytes, most significant first, in base64', () => {
    expect(crc32cText(0xe3069283)).toBe(Buffer.from('e3069283', 'hex').toString('base64'));
  });

  test('does not depend on how the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 200 }), (bytes, cut) => {
        const whole = crc32cUpdate(0, bytes);
        expect(crc32cUpdate(crc32cUpdate(0, bytes.subarray(0, cut)), bytes.subarray(cut))).toBe(whole);
      }),
    );
  });
});

test('X-Goog-Hash is read in any order, and what is no checksum is left alone', () => {
  expect(parseHashHeader('md5=abc==, crc32c=4waSgw==')).toEqual({ md5Hash: 'abc==', crc32c: '4waSgw==' });
  expect(parseHashHeader('sha1=x')).toEqual({});
  expect(parseHashHeader(undefined)).toEqual({});
});
