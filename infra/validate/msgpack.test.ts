import { expect, test } from 'vitest';
import { decodeMessagePack, unknown } from './msgpack.ts';

// The bytes are written out from the format's specification.
test.each<[string, number[], unknown]>([
  ['nil', [0xc0], null],
  ['booleans', [0x92, 0xc2, 0xc3], [false, true]],
  ['small numbers', [0x93, 0x00, 0x7f, 0xff], [0, 127, -1]],
  ['wider numbers', [0x93, 0xcc, 0xff, 0xcd, 0x01, 0x00, 0xd1, 0xff, 0x00], [255, 256, -256]],
  ['a 64-bit number', [0xcf, 0, 0, 0, 1, 0, 0, 0, 0], 2 ** 32],
  ['a fraction', [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
  ['texts', [0x92, 0xa1, 0x61, 0xd9, 0x02, 0xc3, 0xa9], ['a', 'é']],
  ['a map', [0x82, 0xa1, 0x61, 0x01, 0xa1, 0x62, 0x90], { a: 1, b: [] }],
  ['a value not yet known', [0x92, 0xd4, 0x00, 0x00, 0x05], [unknown, 5]],
  ['a refined value not yet known', [0x92, 0xc7, 0x02, 0x0c, 0x81, 0x00, 0x05], [unknown, 5]],
])('%s', (_, bytes, value) => {
  expect(decodeMessagePack(new Uint8Array(bytes))).toEqual(value);
});

test('a tag that Terraform never sends is named', () => {
  expect(() => decodeMessagePack(new Uint8Array([0xc1]))).toThrow('0xc1');
});
