import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundaryOf, MultipartParser } from './multipart.ts';

function parse(body: Buffer, boundary: string, cuts: readonly number[] = []) {
  const parser = new MultipartParser(boundary);
  const parts: { type: string | undefined; body: Buffer }[] = [];
  const edges = [0, ...[...cuts].sort((a, b) => a - b), body.length];
  for (let i = 1; i < edges.length; i++) {
    for (const event of parser.push(body.subarray(edges[i - 1], edges[i]))) {
      if (event.kind === 'part') parts.push({ type: event.headers['content-type'], body: Buffer.alloc(0) });
      else parts.at(-1)!.body = Buffer.concat([parts.at(-1)!.body, event.bytes]);
    }
  }
  return { parts, isComplete: parser.isComplete };
}

const bodyOf = (media: Uint8Array) =>
  Buffer.concat([
    Buffer.from(
      '--cut\r\nContent-Type: application/json\r\n\r\n{"name":"x"}\r\n--cut\r\ncontent-type: a/b\r\n\r\n',
    ),
    media,
    Buffer.from('\r\n--cut--'),
  ]);

describe('a multipart/related body', () => {
  test('comes apart the same wherever the network cuts it', () => {
    // Pieces of the delimiter within the media are what a careless scanner stumbles over.
    const piece = fc.constantFrom('\r', '\n', '\r\n', '--', '\r\n--', '\r\n--cu', 'cut', 'x', '\0');
    const media = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(
        media.filter((bytes) => !bytes.includes('\r\n--cut')),
        fc.array(fc.nat({ max: 120 }), { maxLength: 8 }),
        (bytes, cuts) => {
          const body = bodyOf(bytes);
          const { parts, isComplete } = parse(
            body,
            'cut',
            cuts.filter((cut) => cut <= body.length),
          );
          expect(isComplete).toBe(true);
          expect(parts.map((part) => [part.type, part.body.toString('latin1')])).toEqual([
            ['application/json', '{"name":"x"}'],
            ['a/b', bytes.toString('latin1')],
          ]);
        },
      ),
    );
  });

  test('without its closing delimiter is not complete', () => {
    const body = bodyOf(Buffer.from('half'));
    expect(parse(body.subarray(0, body.length - 3), 'cut').isComplete).toBe(false);
  });

  test('names its boundary quoted or plain', () => {
    expect(boundaryOf('multipart/related; boundary=abc')).toBe('abc');
    expect(boundaryOf('multipart/related; type="a/b"; boundary="a b"')).toBe('a b');
    expect(() => boundaryOf('application/json')).toThrow('multipart/related with a boundary');
  });
});
