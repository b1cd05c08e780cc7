import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServerDuplexStream,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import type { Connection, Faults } from './faults.ts';
import type { ByteStream, CallContext, GrpcMethod } from './grpc-method.ts';
import { isLoopbackHost } from './host-check.ts';
import { asServiceError, codes, ServiceError } from './service-error.ts';
import type { Sockets } from './sockets.ts';
import { statusDetails } from './status-details.ts';

type Unary = Extract<GrpcMethod, { kind: 'unary' }>;
type Streaming = Extract<GrpcMethod, { kind: 'streaming' }>;
type Call = ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

export function serveUnary(method: Unary, faults: Faults, sockets: Sockets): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const fail = (thrown: unknown) => callback(grpcError(asServiceError(thrown)));
    try {
      const context = contextOf(call, sockets);
      const answer = faults.around(method.path, context.connection, () => method.run(call.request, context));
      if (answer instanceof Promise) answer.then((bytes) => callback(null, bytes), fail);
      else callback(null, answer);
    } catch (thrown) {
      fail(thrown);
    }
  };
}

export function serveStreaming(
  method: Streaming,
  faults: Faults,
  sockets: Sockets,
): handleBidiStreamingCall<Buffer, Buffer> {
  return (call) => {
    const stream = new ServedStream(call);
    const opened = () => {
      const context = contextOf(call, sockets);
      if (method.faultsOn === 'request') {
        stream.around = (run) => faults.around(method.path, context.connection, run);
        return method.open(stream.face, context);
      }
      const fault = faults.take(method.path);
      if (fault === undefined) return method.open(stream.face, context);
      if ('landed' in fault && fault.landed === true) {
        stream.afterFirstWrite = () =>
          faults.spoil({ ...fault, landed: false }, context.connection, () => {});
        return method.open(stream.face, context);
      }
      return faults.spoil(fault, context.connection, () => method.open(stream.face, context));
    };
    stream.guard(opened);
  };
}

/** A stream as the actions see it; whatever they throw ends it with that status. */
class ServedStream {
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  #over = false;
  #turn: Promise<void> | undefined;
  around: ((run: () => void | Promise<void>) => void | Promise<void>) | undefined;
  afterFirstWrite: (() => Promise<void>) | undefined;
  readonly face: ByteStream;

  constructor(call: ServerDuplexStream<Buffer, Buffer>) {
    this.#call = call;
    // grpc-js answers a broken stream with 'error' besides 'close'; unheard it would end the process.
    call.on('error', () => {});
    this.face = {
      write: (message) => this.#write(message),
      end: () => this.#end(),
      fail: (error) => this.fail(error),
      onRequest: (listener) => void call.on('data', (bytes: Buffer) => this.#enqueue(() => listener(bytes))),
      onRequestsEnded: (listener) => void call.on('end', () => this.#enqueue(listener)),
      onDrain: (listener) => void call.on('drain', listener),
      onClosed: (listener) => onceClosed(call, listener),
      pause: () => void call.pause(),
      resume: () => void call.resume(),
    };
  }

  fail(error: ServiceError): void {
    if (this.#over) return;
    this.#over = true;
    this.#call.emit('error', grpcError(error));
  }

  guard(run: () => void | Promise<void>): void | Promise<void> {
    try {
      const running = run();
      return running instanceof Promise
        ? running.catch((thrown) => this.fail(asServiceError(thrown)))
        : undefined;
    } catch (thrown) {
      this.fail(asServiceError(thrown));
    }
  }

  #write(message: Buffer): boolean {
    if (this.#over) return false;
    const room = this.#call.write(message);
    if (this.afterFirstWrite !== undefined) {
      this.guard(this.afterFirstWrite);
      this.afterFirstWrite = undefined;
    }
    return room;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#call.end();
  }

  /** In order, and without a promise as long as no listener returns one. */
  #enqueue(listener: () => void | Promise<void>): void {
    const run = () => {
      const { around } = this;
      return this.#over ? undefined : this.guard(around === undefined ? listener : () => around(listener));
    };
    const running = this.#turn === undefined ? run() : this.#turn.then(run);
    if (!(running instanceof Promise)) return;
    const turn = running.then(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
  }
}

function onceClosed(call: Call, listener: () => void): void {
  let called = false;
  const once = () => {
    if (called) return;
    called = true;
    listener();
  };
  call.on('close', once);
  call.on('cancelled', once);
  call.on('error', once);
  call.on('finish', once);
}

function contextOf(call: Call, sockets: Sockets): CallContext {
  const host = call.getHost();
  if (!isLoopbackHost(host)) {
    throw new ServiceError('PERMISSION_DENIED', `Expected a loopback authority, got ${host}.`);
  }
  const connection: Connection = {
    drop: () => sockets.destroy(call.getPeer()),
    onClosed: (listener) => onceClosed(call, listener),
  };
  return {
    connection,
    header: (name) => call.metadata.get(name)[0]?.toString(),
  };
}

/** grpc-js takes the status of an error from these three fields. */
function grpcError(error: ServiceError): {
  name: string;
  message: string;
  code: number;
  details: string;
  metadata: Metadata;
} {
  const metadata = new Metadata();
  if (error.details.length > 0) metadata.set('grpc-status-details-bin', statusDetails(error));
  return {
    name: 'ServiceError',
    message: error.message,
    code: codes[error.code].number,
    details: error.message,
    metadata,
  };
}
