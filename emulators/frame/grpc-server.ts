import type { Server as HttpListener } from 'node:http';
import { createServer as createTcp, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { type Admin, answerAdmin } from './admin.ts';
import { Faults } from './faults.ts';
import { serveStreaming, serveUnary } from './grpc-call.ts';
import type { GrpcMethod } from './grpc-method.ts';
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
  const grpc = grpcServer(options, sockets);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const http = adminListener(options.admin);
  const listener = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    firstBytes(socket, (isHttp2) =>
      isHttp2 ? injector.injectConnection(socket) : http.emit('connection', socket),
    );
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
    injector.destroy();
    grpc.forceShutdown();
    await close(listener, sockets);
  }
}

function grpcServer(options: GrpcOptions, sockets: Sockets): Server {
  const limit = options.maxMessageBytes ?? 64 * 1024 * 1024;
  const server = new Server({
    'grpc.max_receive_message_length': limit,
    'grpc.max_send_message_length': limit,
    'grpc.enable_channelz': 0,
  });
  const faults = options.faults ?? new Faults();
  const identity = (bytes: Buffer): Buffer => bytes;
  for (const method of options.services) {
    const added =
      method.kind === 'unary'
        ? server.register(method.path, serveUnary(method, faults, sockets), identity, identity, 'unary')
        : server.register(method.path, serveStreaming(method, faults, sockets), identity, identity, 'bidi');
    if (!added) throw new Error(`Two actions serve ${method.path}.`);
  }
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
