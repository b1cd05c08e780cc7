import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array | Readable;
}

export async function sendAnswer(response: ServerResponse, answer: HttpAnswer): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.json !== undefined) {
    sendJson(response, answer.status, answer.json);
  } else if (answer.body instanceof Readable) {
    response.writeHead(answer.status);
    await pipeline(answer.body, response);
  } else {
    response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.body ?? '') });
    response.end(answer.body);
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
