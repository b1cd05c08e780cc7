import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { ServiceError } from './service-error.ts';

/** Reads a whole body; what is larger than the limit is refused with 413 and not kept. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) throw tooLarge(announced, limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > limitBytes) throw tooLarge(size, limitBytes);
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

export async function readJson(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const body = await readBody(request, limitBytes);
  if (body.length === 0) return {};
  try {
    // Google's client for Java packs what it sends unless told not to.
    const packed = request.headers['content-encoding'] === 'gzip';
    const text = packed ? gunzipSync(body, { maxOutputLength: limitBytes }) : body;
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new ServiceError('INVALID_ARGUMENT', `Expected a JSON body: ${invalidText(error)}`, {
      reason: 'parseError',
    });
  }
}

const invalidText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function tooLarge(size: number, limit: number): ServiceError {
  return new ServiceError(
    'INVALID_ARGUMENT',
    `Request payload size ${size} exceeds the limit: ${limit} bytes.`,
    { http: 413, reason: 'uploadTooLarge' },
  );
}
