import type { v1 } from '@google-cloud/bigquery-storage';
import { type Client, type ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import type { Table } from '../../contracts/index.ts';
import { TransientError } from '../../runtime/index.ts';
import type { RowRun } from '../row-run.ts';
import { type AppendReply, readReply } from './append/reply.ts';
import { openingOf, requestOf } from './append/request.ts';
import { RequestMemory } from './append/request-memory.ts';

const method = '/google.cloud.bigquery.storage.v1.BigQueryWrite/AppendRows';
/** Unavailable: whoever was behind is sent again. */
const brokenOff = { code: 14, message: 'the connection ended before the answer' };
const asItIs = (bytes: Buffer): Buffer => bytes;

interface Waiting {
  readonly request: Buffer;
  readonly resolve: (reply: AppendReply) => void;
  readonly reject: (error: unknown) => void;
}

interface Call {
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  /** In the order of their requests, which is that of the replies. */
  readonly waiting: Waiting[];
  patience: NodeJS.Timeout | undefined;
}

/**
 * The connection to the default stream of one table: one AppendRows call at a time, over the channel of the library's
 * client. Its managed writer is left aside: it makes objects of the bytes and bytes of the objects again, tells the schema
 * with every request, and after a reconnect takes an answer of the new call for one of the old.
 *
 * States: *closed* → append() → *open* (the first request names stream and schema) → the call ends, breaks, or does
 * not answer in time → *closed*: all that wait on it are told so, since nobody knows what of it is durable, and its
 * late answers are nobody's. The next append opens another. When the table has got another schema, the open call
 * still answers what it was asked, and the next append opens one against the table as it is now.
 */
export class WriteLine {
  private readonly client: Client;
  private readonly path: string;
  private readonly opening: Uint8Array;
  private readonly patienceMillis: number;
  private readonly memory = new RequestMemory();
  private call: Call | undefined;

  private constructor(client: Client, path: string, opening: Uint8Array, patienceMillis: number) {
    this.client = client;
    this.path = path;
    this.opening = opening;
    this.patienceMillis = patienceMillis;
  }

  static async open(
    client: v1.BigQueryWriteClient,
    table: Table,
    { path, patienceMillis }: { readonly path: string; readonly patienceMillis: number },
  ): Promise<WriteLine> {
    // The library's stub: it carries endpoint and credentials.
    const stub = (await client.initialize()) as unknown as Client;
    return new WriteLine(stub, path, openingOf(table, streamOf(path)), patienceMillis);
  }

  append(rows: readonly RowRun[]): Promise<AppendReply> {
    const opening = this.call ? undefined : this.opening;
    this.call ??= this.connect();
    const { call } = this;
    const { promise, resolve, reject } = Promise.withResolvers<AppendReply>();
    const request = requestOf(this.memory, rows, opening);
    call.waiting.push({ request, resolve, reject });
    call.patience ??= setTimeout(() => this.forsake(call), this.patienceMillis);
    call.stream.write(request);
    return promise;
  }

  /** The next append is the first of another call, against the table as it is then. */
  reopen(): void {
    const { call } = this;
    this.call = undefined;
    call?.stream.end();
  }

  /** What is still on the wire then is not known to be durable. */
  close(): void {
    const { call } = this;
    if (!call) return;
    this.ended(call, new TransientError(`the connection to ${this.path} was closed`));
    call.stream.cancel();
  }

  private connect(): Call {
    const metadata = new Metadata();
    // By this the service knows to which region the rows go.
    metadata.set('x-goog-request-params', `write_stream=${streamOf(this.path)}`);
    const stream = this.client.makeBidiStreamRequest(method, asItIs, asItIs, metadata);
    const call: Call = { stream, waiting: [], patience: undefined };
    stream.on('data', (bytes: Buffer) => this.answered(call, readReply(bytes)));
    stream.on('error', (error) => this.ended(call, error));
    stream.on('end', () => this.ended(call, { code: 14, message: 'the service ended the connection' }));
    return call;
  }

  private answered(call: Call, reply: AppendReply): void {
    const answered = call.waiting.shift();
    if (call.waiting.length > 0) call.patience?.refresh();
    else stopWaiting(call);
    if (reply.schemaChanged && this.call === call) this.reopen();
    if (!answered) return;
    // Only here: of a call that broke the library may still hold what it was to send.
    this.memory.giveBack(answered.request);
    answered.resolve(reply);
  }

  private forsake(call: Call): void {
    const error = new TransientError(`BigQuery did not answer for ${this.path}`, {
      expected: `an answer within ${this.patienceMillis} ms`,
      got: 'none',
    });
    this.ended(call, error);
    call.stream.cancel();
  }

  private ended(call: Call, error: unknown): void {
    if (this.call === call) this.call = undefined;
    stopWaiting(call);
    const [next, ...behind] = call.waiting.splice(0);
    next?.reject(error);
    // Requests are answered in their order: what is said of the first must not be held against the rows of others.
    for (const { reject } of behind) reject(brokenOff);
  }
}

function stopWaiting(call: Call): void {
  clearTimeout(call.patience);
  call.patience = undefined;
}

function streamOf(path: string): string {
  return `${path}/streams/_default`;
}
