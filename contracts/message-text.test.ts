import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBase64, readMessage, toBase64 } from './message-text.ts';

it('base64 by hand is what Node makes of the same bytes, there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(Uint8Array.from(bytes));
      expect(fromBase64(text.replace(/=+$/, ''))).toEqual(Uint8Array.from(bytes));
    }),
  );
});

it.each(['*AAA', 'A*AA', 'AA*A', 'AAA*', 'AAAA*A==', 'AAAAA*==', 'AAAAAA*=', 'é', 'AA\u0141A'])(
  '%j is no base64, whichever character is wrong',
  (text) => {
    expect(() => fromBase64(text)).toThrow('expected base64');
  },
);

it('a message of which everything is missing or odd is still a message', () => {
  const nothing = { bytes: new Uint8Array(0), attributes: {}, messageId: '', publishedAt: 0, receivedAt: 0 };
  expect(readMessage('{}')).toEqual(nothing);
  expect(readMessage('{"data":1,"attributes":{"a":1},"messageId":2,"publishTime":"soon"}')).toEqual(nothing);
});
