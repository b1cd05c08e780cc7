import type { Server as HttpListener } from 'node:http';
import { createServer as createHttp2, type Http2Server } from 'node:http2';
import { createServer as createTcp, type Socket } from 'node:net';
import { type Admin, answerAdmin } from './admin.ts';
import { Faults } from './faults.ts';
import { serveStreaming, serveUnary } from './grpc-call.ts';
import type { GrpcMethod } from './grpc-method.ts';
import { GrpcStream } from './grpc-stream.ts';
import { refusalOf } from './host-check.ts';
import { answerError } from './http-server.ts';
import { nodeHttp } from './node-http.ts';
import { ServiceError } from './service-error.ts';
import { close, listen, Sockets } from './sockets.ts';

export interface GrpcOptions {
  readonly name: string;
  readonly services: readonly GrpcMethod[];
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly faults?: Faults;
  /** Largest message either way; Google's own limit is 10 MB for most methods, 20 MB for AppendRows. */
  readonly maxMessageBytes?: number;
  /** Served as plain HTTP under `/_emulator/` on the same port. */
  readonly admin?: Admin;
}

export interface GrpcServer {
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly address: string;
  stop(): Promise<void>;
}

/**
 * The listener is our own and hands its sockets to the gRPC server. So a fault can drop one caller's connection, stop
 * can end what clients keep alive, and the admin endpoint shares the one port that everybody knows.
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const sockets = new Sockets();
  const grpc = grpcServer(options);
  const http = adminListener(options.admin);
  const listener = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    firstBytes(socket, (isHttp2) => (isHttp2 ? grpc : http).emit('connection', socket));
  });
  const port = await listen(listener, options.port ?? 0);
  let stopped: Promise<void> | undefined;
  return {
    port,
    address: `127.0.0.1:${port}`,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };

  async function stop(): Promise<void> {
    await close(listener, sockets);
  }
}

/** Of one call and of one connection: as much may be on its way to us before we have read it. */
const callWindowBytes = 1024 * 1024;
const connectionWindowBytes = 8 * 1024 * 1024;

function grpcServer(options: GrpcOptions): Http2Server {
  const limit = options.maxMessageBytes ?? 64 * 1024 * 1024;
  const faults = options.faults ?? new Faults();
  const methods = new Map(options.services.map((method) => [method.path, method]));
  if (methods.size < options.services.length) throw new Error('Two actions serve one method.');
  const server = createHttp2({
    settings: { initialWindowSize: callWindowBytes },
    // What is not sent yet counts as the session's memory; who is slow is told so by the stream, not cut off.
    maxSessionMemory: Number.MAX_SAFE_INTEGER,
    maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
  });
  server.on('session', (session) => session.setLocalWindowSize(connectionWindowBytes));
  server.on('sessionError', (_, session) => session.destroy());
  server.on('stream', (stream, headers) => {
    if (!headers['content-type']?.startsWith('application/grpc')) {
      stream.on('error', () => {});
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const path = headers[':path'] ?? '';
    const method = methods.get(path);
    const call = new GrpcStream(stream, headers, limit);
    if (method === undefined)
      call.fail(new ServiceError('UNIMPLEMENTED', `The server does not implement the method ${path}.`));
    else if (method.kind === 'unary') serveUnary(method, faults, call);
    else serveStreaming(method, faults, call);
  });
  return server;
}

function adminListener(admin: Admin | undefined): HttpListener {
  const server = nodeHttp.createServer((request, response) => {
    const serve = async () => {
      const refusal = refusalOf(request.headers);
      if (refusal !== undefined)
        throw new ServiceError('PERMISSION_DENIED', refusal, { reason: 'forbidden' });
      const url = new URL(`http://127.0.0.1${request.url ?? '/'}`);
      if (admin !== undefined && (await answerAdmin(admin, request, response, url))) return;
      throw new ServiceError('UNIMPLEMENTED', `${request.method} ${url.pathname}: this port speaks gRPC.`);
    };
    serve().catch((thrown: unknown) => answerError(response, thrown));
  });
  return server;
}

/** Every HTTP/2 connection without TLS opens with `PRI * HTTP/2.0`; no HTTP/1 method begins with these letters. */
function firstBytes(socket: Socket, decide: (isHttp2: boolean) => void): void {
  socket.once('readable', () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    socket.unshift(chunk);
    decide(chunk.subarray(0, 3).toString('latin1') === 'PRI'.slice(0, Math.min(3, chunk.length)));
  });
}
