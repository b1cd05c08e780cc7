import type { Faults } from './faults.ts';
import type { ByteStream, GrpcMethod } from './grpc-method.ts';
import type { GrpcStream } from './grpc-stream.ts';
import { asServiceError, invalid } from './service-error.ts';

type Unary = Extract<GrpcMethod, { kind: 'unary' }>;
type Streaming = Extract<GrpcMethod, { kind: 'streaming' }>;

export function serveUnary(method: Unary, faults: Faults, stream: GrpcStream): void {
  let request: Buffer | undefined;
  const fail = (thrown: unknown): void => stream.fail(asServiceError(thrown));
  const answer = (bytes: Buffer): void => {
    stream.write(bytes);
    stream.end();
  };
  stream.onMessage((bytes) => {
    if (request !== undefined) throw invalid(`${method.path} takes one request, got another.`);
    request = bytes;
  });
  stream.onMessagesEnded(() => {
    if (stream.isOver) return;
    try {
      if (request === undefined) throw invalid(`${method.path} takes one request, got none.`);
      const bytes = request;
      const context = stream.context();
      const result = faults.around(method.path, context.connection, () => method.run(bytes, context));
      if (result instanceof Promise) result.then(answer).catch(fail);
      else answer(result);
    } catch (thrown) {
      fail(thrown);
    }
  });
}

export function serveStreaming(method: Streaming, faults: Faults, stream: GrpcStream): void {
  const served = new ServedStream(stream);
  served.guard(() => {
    const context = stream.context();
    if (method.faultsOn === 'request') {
      served.around = (run) =>
        faults.around(method.path, context.connection, (heard) => (heard ? run() : served.unheard(run)));
      return method.open(served.face, context);
    }
    const fault = faults.take(method.path);
    if (fault === undefined) return method.open(served.face, context);
    if ('landed' in fault && fault.landed === true) {
      served.afterFirstWrite = () => faults.spoil({ ...fault, landed: false }, context.connection, () => {});
      return method.open(served.face, context);
    }
    return faults.spoil(fault, context.connection, () => method.open(served.face, context));
  });
}

/** A stream as the actions see it; whatever they throw ends it with that status. */
class ServedStream {
  readonly #stream: GrpcStream;
  #turn: Promise<void> | undefined;
  #isHeard = true;
  around: ((run: () => void | Promise<void>) => void | Promise<void>) | undefined;
  afterFirstWrite: (() => Promise<void>) | undefined;
  readonly face: ByteStream;

  constructor(stream: GrpcStream) {
    this.#stream = stream;
    this.face = {
      write: (message, sent) => this.#write(message, sent),
      end: () => stream.end(),
      fail: (error) => stream.fail(error),
      onRequest: (listener) => stream.onMessage((bytes) => this.#enqueue(() => this.#read(bytes, listener))),
      onRequestsEnded: (listener) => stream.onMessagesEnded(() => this.#enqueue(listener)),
      onDrain: (listener) => stream.onDrain(listener),
      onClosed: (listener) => stream.onClosed(listener),
      pause: () => stream.pause(),
      resume: () => stream.resume(),
    };
  }

  guard(run: () => void | Promise<void>): void | Promise<void> {
    try {
      const running = run();
      return running instanceof Promise
        ? running.catch((thrown) => this.#stream.fail(asServiceError(thrown)))
        : undefined;
    } catch (thrown) {
      this.#stream.fail(asServiceError(thrown));
    }
  }

  /** Runs a request whose answer is lost. Requests are served in turn: nobody else writes meanwhile. */
  async unheard(run: () => void | Promise<void>): Promise<void> {
    this.#isHeard = false;
    try {
      await run();
    } finally {
      this.#isHeard = true;
    }
  }

  #write(message: Buffer, sent: (() => void) | undefined): boolean {
    if (!this.#isHeard) return true;
    const room = this.#stream.write(message, sent);
    if (this.afterFirstWrite !== undefined) {
      this.guard(this.afterFirstWrite);
      this.afterFirstWrite = undefined;
    }
    return room;
  }

  /** Requests of a stream follow each other for as long as it lives, so their memory is used again. */
  #read(bytes: Buffer, listener: (message: Buffer) => void | Promise<void>): void | Promise<void> {
    const reading = listener(bytes);
    if (reading instanceof Promise) return reading.finally(() => this.#stream.giveBack(bytes));
    this.#stream.giveBack(bytes);
  }

  /** In order, and without a promise as long as no listener returns one. */
  #enqueue(listener: () => void | Promise<void>): void {
    const run = () => {
      const { around } = this;
      if (this.#stream.isOver) return undefined;
      return this.guard(around === undefined ? listener : () => around(listener));
    };
    const running = this.#turn === undefined ? run() : this.#turn.then(run);
    if (!(running instanceof Promise)) return;
    const turn = running.then(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
  }
}
