import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the service does with the next upload instead of its duty. */
export type UploadFault = 'store-then-503' | '503' | 'reset-after-store' | '403';

export interface StorageService {
  readonly endpoint: string;
  readonly faults: UploadFault[];
  readonly uploads: URLSearchParams[];
  close(): Promise<void>;
}

/** As much of Cloud Storage's JSON API, on loopback, as it takes to see what our client sends and gets back. */
export async function storageService(): Promise<StorageService> {
  const objects = new Map<string, { bytes: Buffer; generation: number }>();
  const faults: UploadFault[] = [];
  const uploads: URLSearchParams[] = [];
  let generation = 1_000;

  async function upload(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    uploads.push(query);
    const body = await buffer(request);
    const fault = faults.shift();
    if (fault === '503' || fault === '403') return fail(response, Number(fault));
    const name = query.get('name') ?? '';
    const current = objects.get(name)?.generation ?? 0;
    const wanted = query.get('ifGenerationMatch');
    if (wanted !== null && Number(wanted) !== current) return fail(response, 412);
    generation++;
    objects.set(name, { bytes: secondPart(body, request.headers['content-type'] ?? ''), generation });
    if (fault === 'reset-after-store') return request.socket.destroy();
    if (fault === 'store-then-503') return fail(response, 503);
    return answer(response, { name, generation: String(generation) });
  }

  function read(response: ServerResponse, name: string) {
    const object = objects.get(name);
    if (!object) return fail(response, 404);
    response.writeHead(200, { 'x-goog-generation': String(object.generation) });
    return response.end(object.bytes);
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const name = decodeURIComponent(/\/o\/(.+)$/.exec(url.pathname)?.[1] ?? '');
    if (url.pathname.startsWith('/upload/')) return upload(request, response, url.searchParams);
    if (request.method === 'DELETE')
      return objects.delete(name) ? response.writeHead(204).end() : fail(response, 404);
    if (name !== '') return read(response, name);
    const prefix = url.searchParams.get('prefix') ?? '';
    const items = [...objects]
      .filter(([each]) => each.startsWith(prefix))
      .map(([each, { bytes }]) => ({ name: each, size: String(bytes.length) }));
    return answer(response, { items });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    uploads,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, code: number): void {
  const body = JSON.stringify({ error: { code, message: `status ${code}`, errors: [] } });
  response.writeHead(code, { 'content-type': 'application/json' }).end(body);
}

/** A multipart upload is metadata and content, each behind headers of its own. */
function secondPart(body: Buffer, contentType: string): Buffer {
  const boundary = `--${/boundary="?([^";]+)/.exec(contentType)?.[1]}`;
  const second = body.indexOf(boundary, boundary.length);
  const start = body.indexOf('\r\n\r\n', second) + 4;
  return body.subarray(start, body.lastIndexOf(`\r\n${boundary}--`));
}
