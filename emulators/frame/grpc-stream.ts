import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { isLoopbackHost } from '../../runtime/index.ts';
import type { Connection } from './faults.ts';
import { headOf, MessageReader } from './grpc-messages.ts';
import type { CallContext } from './grpc-method.ts';
import { codes, ServiceError } from './service-error.ts';
import { statusDetails } from './status-details.ts';

const head: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity,deflate,gzip',
};

/** Clients bound the headers they take; a defect tells its whole stack. */
const longestMessage = 8_000;

/**
 * One call as HTTP/2 carries it: open until `end` or `fail` has told its status, or the client is gone. The head of the
 * answer goes out with its first message; a call that fails before has its status in the head alone.
 */
export class GrpcStream {
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #reader: MessageReader;
  #status: OutgoingHttpHeaders | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, maxMessageBytes: number) {
    this.#stream = stream;
    this.#headers = headers;
    this.#reader = new MessageReader(maxMessageBytes, String(headers['grpc-encoding'] ?? 'identity'));
    // A client that goes away is told by 'close' too; unheard the error would end the process.
    stream.on('error', () => {});
  }

  get isOver(): boolean {
    return this.#status !== undefined || this.#stream.destroyed;
  }

  context(): CallContext {
    const host = String(this.#headers[':authority'] ?? this.#headers.host ?? '');
    if (!isLoopbackHost(host)) {
      throw new ServiceError('PERMISSION_DENIED', `Expected a loopback authority, got ${host}.`);
    }
    const connection: Connection = {
      drop: () => this.#stream.session?.destroy(),
      onClosed: (listener) => this.onClosed(listener),
    };
    return { connection, header: (name) => this.#headers[name]?.toString() };
  }

  /** What is wrong with what came ends the call. */
  onMessage(listener: (message: Buffer) => void): void {
    this.#stream.on('data', (chunk: Buffer) => {
      if (this.isOver) return;
      try {
        this.#reader.push(chunk);
        for (let one = this.#reader.shift(); one !== undefined; one = this.#reader.shift()) listener(one);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        this.fail(error);
      }
    });
  }

  /** The memory of a message that nobody reads any more; without this call it is the message's for good. */
  giveBack(message: Buffer): void {
    this.#reader.giveBack(message);
  }

  onMessagesEnded(listener: () => void): void {
    this.#stream.on('end', listener);
  }

  onDrain(listener: () => void): void {
    this.#stream.on('drain', listener);
  }

  onClosed(listener: () => void): void {
    if (this.#stream.closed || this.#stream.destroyed) listener();
    else this.#stream.once('close', listener);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  write(message: Buffer, sent?: () => void): boolean {
    if (this.isOver) return false;
    this.#sendHead();
    this.#stream.cork();
    this.#stream.write(headOf(message));
    const room = this.#stream.write(message, sent);
    this.#stream.uncork();
    return room;
  }

  end(): void {
    if (this.isOver) return;
    this.#sendHead();
    this.#status = { 'grpc-status': '0', 'grpc-message': 'OK' };
    this.#stream.end();
  }

  fail(error: ServiceError): void {
    if (this.isOver) return;
    this.#status = {
      'grpc-status': String(codes[error.code].number),
      'grpc-message': encodeURI(error.message.toWellFormed().slice(0, longestMessage)),
      ...(error.details.length > 0
        ? { 'grpc-status-details-bin': statusDetails(error).toString('base64') }
        : {}),
    };
    if (this.#stream.headersSent) this.#stream.end();
    else this.#stream.respond({ ...head, ...this.#status }, { endStream: true });
    // What the client still sends is read and passed over, or the connection's window would not open again.
    this.#stream.resume();
  }

  #sendHead(): void {
    if (this.#stream.headersSent) return;
    this.#stream.respond(head, { waitForTrailers: true });
    this.#stream.once('wantTrailers', () => this.#stream.sendTrailers(this.#status ?? {}));
  }
}
