import type { Connection } from './faults.ts';
import { invalid, ServiceError } from './service-error.ts';

/**
 * One method of a gRPC API as raw bytes: a hot path may then pass payloads through without decoding them. `unary` and
 * `streaming` make one from a typed action; its file in `actions/` is the only place that knows it.
 */
export type GrpcMethod = UnaryMethod | StreamingMethod;

export interface CallContext {
  readonly connection: Connection;
  /** A text header of the request, such as x-goog-request-params. */
  header(name: string): string | undefined;
}

interface UnaryMethod {
  readonly kind: 'unary';
  /** `/google.pubsub.v1.Publisher/Publish` */
  readonly path: string;
  run(request: Buffer, context: CallContext): Promise<Buffer> | Buffer;
}

interface StreamingMethod {
  readonly kind: 'streaming';
  readonly path: string;
  /**
   * What a planned fault spoils: the opening of the stream, or each message the client sends (AppendRows, where every
   * request has its own answer).
   */
  readonly faultsOn: 'open' | 'request';
  open(stream: ByteStream, context: CallContext): void;
}

export interface ByteStream {
  /**
   * False: the other side is slow; wait for `onDrain`. The message is not copied: its memory may be used again when it
   * is sent, and not before.
   */
  write(message: Buffer, sent?: () => void): boolean;
  end(): void;
  fail(error: ServiceError): void;
  /**
   * Requests are given one after the other: the next waits for the promise of the last. The memory of one may be used
   * again when the listener has returned or its promise has ended: what is kept of it is copied.
   */
  onRequest(listener: (message: Buffer) => void | Promise<void>): void;
  /** The client has sent its last request. */
  onRequestsEnded(listener: () => void): void;
  onDrain(listener: () => void): void;
  /** Called once, however the stream ends: cancelled, failed, finished, connection lost. */
  onClosed(listener: () => void): void;
  pause(): void;
  resume(): void;
}

export interface MessageStream<Request, Response> extends Omit<ByteStream, 'write' | 'onRequest'> {
  write(message: Response, sent?: () => void): boolean;
  /** In turn, as there. */
  onRequest(listener: (message: Request) => void | Promise<void>): void;
}

export function unary<Request, Response>(action: {
  readonly path: string;
  requestDeserialize(bytes: Buffer): Request;
  responseSerialize(message: Response): Uint8Array;
  handler(request: Request, context: CallContext): Promise<Response> | Response;
}): GrpcMethod {
  return {
    kind: 'unary',
    path: action.path,
    run(bytes, context) {
      const answer = action.handler(decoded(action, bytes), context);
      if (answer instanceof Promise)
        return answer.then((message) => asBuffer(action.responseSerialize(message)));
      return asBuffer(action.responseSerialize(answer));
    },
  };
}

/** Serves bidirectional, client-streaming and server-streaming methods alike: on the wire they do not differ. */
export function streaming<Request, Response>(action: {
  readonly path: string;
  readonly faultsOn?: 'open' | 'request';
  requestDeserialize(bytes: Buffer): Request;
  responseSerialize(message: Response): Uint8Array;
  handler(stream: MessageStream<Request, Response>, context: CallContext): void;
}): GrpcMethod {
  return {
    kind: 'streaming',
    path: action.path,
    faultsOn: action.faultsOn ?? 'open',
    open(stream, context) {
      action.handler(
        {
          ...stream,
          write: (message, sent) => stream.write(asBuffer(action.responseSerialize(message)), sent),
          onRequest: (listener) => stream.onRequest((bytes) => listener(decoded(action, bytes))),
        },
        context,
      );
    },
  };
}

function decoded<Request>(
  action: { path: string; requestDeserialize(b: Buffer): Request },
  bytes: Buffer,
): Request {
  try {
    return action.requestDeserialize(bytes);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw invalid(`The request of ${action.path} cannot be decoded: ${String(error)}`);
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
