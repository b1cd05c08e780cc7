import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Admin, answerAdmin } from './admin.ts';
import { refusalOf } from './host-check.ts';
import { sendJson } from './http-answer.ts';
import { nodeHttp } from './node-http.ts';
import { asServiceError, restErrorBody, ServiceError } from './service-error.ts';
import { close, listen, Sockets } from './sockets.ts';

export interface HttpOptions {
  readonly name: string;
  /** Answers one request. What it throws becomes the error body of Google's JSON APIs. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> | void;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** Served under `/_emulator/` before `handle` sees the request. */
  readonly admin?: Admin;
}

export interface HttpServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  stop(): Promise<void>;
}

export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const server = nodeHttp.createServer((request, response) => {
    answer(options, request, response).catch((thrown: unknown) => answerError(response, thrown));
  });
  // Clients keep connections in a pool; one that the server closes while a request is on its way costs a retry.
  server.keepAliveTimeout = 600_000;
  server.headersTimeout = 610_000;
  server.requestTimeout = 0;
  const sockets = new Sockets();
  sockets.track(server);
  const port = await listen(server, options.port ?? 0);
  let stopped: Promise<void> | undefined;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    stop: () => {
      stopped ??= close(server, sockets);
      return stopped;
    },
  };
}

async function answer(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = refusalOf(request.headers);
  if (refusal !== undefined) throw new ServiceError('PERMISSION_DENIED', refusal, { reason: 'forbidden' });
  const target = request.url ?? '/';
  if (!target.startsWith('/')) throw new ServiceError('INVALID_ARGUMENT', `Expected a path, got ${target}.`);
  // Concatenated, not resolved: `//host/path` is a path here and must not name another host.
  const url = new URL(`http://127.0.0.1${target}`);
  if (options.admin !== undefined && (await answerAdmin(options.admin, request, response, url))) return;
  await options.handle(request, response, url);
}

/** Once the head is sent there is no way to say what went wrong but to break the connection. */
export function answerError(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const error = asServiceError(thrown);
  // The rest of an unread body would be taken for the next request.
  response.setHeader('connection', 'close');
  sendJson(response, error.http, restErrorBody(error));
}
