import { EventEmitter } from 'node:events';
import type { v1 } from '@google-cloud/bigquery-storage';
import protobuf from 'protobufjs';
import type { AppendReply } from '../sinks/append/reply.ts';

export interface Append {
  readonly table: string;
  readonly rows: readonly Uint8Array[];
  /** From 1, over all tables. */
  readonly request: number;
  readonly connection: number;
}

/** `closed`: the service ends the connection in good order, as it does with one that has lived long. */
export type Answer = AppendReply | Error | 'never' | 'closed';

export const taken: AppendReply = {};
/** An error as the client throws it, with one of gRPC's numbers. */
export const status = (code: number, message = 'no') => Object.assign(new Error(message), { code });

/** Stands where the network would: answers append after append as it is told, on as many connections as it is asked for. */
export function writeService(answer: (append: Append) => Answer | Promise<Answer>) {
  const appends: Append[] = [];
  let connections = 0;
  const connect = () => {
    const connection = ++connections;
    let table = '';
    let ended = false;
    const stream = Object.assign(new EventEmitter(), {
      write(bytes: Buffer) {
        const { streamName, rows } = readRequest(bytes);
        table ||= streamName.split('/').at(-3) ?? '';
        const append = { table, rows, request: appends.length + 1, connection };
        appends.push(append);
        void Promise.resolve(answer(append)).then((reply) => {
          if (reply === 'never' || ended) return;
          ended = reply instanceof Error || reply === 'closed';
          if (reply instanceof Error) stream.emit('error', reply);
          else if (reply === 'closed') stream.emit('end');
          else stream.emit('data', replyBytes(reply));
        });
      },
      end() {},
      cancel() {
        ended = true;
      },
    });
    return stream;
  };
  const stub = { makeBidiStreamRequest: connect };
  const client = {
    initialize: async () => stub,
  } as unknown as v1.BigQueryWriteClient;
  return { client, appends };
}

/** AppendRowsRequest: the stream's name, and proto_rows, in which the rows stand in the second field. */
function readRequest(bytes: Buffer): { streamName: string; rows: Uint8Array[] } {
  const streamName = lists(bytes, 1).map((name) => Buffer.from(name).toString())[0] ?? '';
  const rows = lists(bytes, 4).flatMap((protoRows) => lists(protoRows, 2));
  return { streamName, rows: rows.flatMap((list) => lists(list, 1)) };
}

/** Every length-delimited field of that number. */
function lists(bytes: Uint8Array, number: number): Uint8Array[] {
  const reader = protobuf.Reader.create(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === ((number << 3) | 2)) found.push(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return found;
}

function replyBytes({ error, rowErrors = [], schemaChanged }: AppendReply): Buffer {
  const writer = protobuf.Writer.create();
  if (error) writer.uint32(0x12).fork().uint32(8).int32(error.code).uint32(18).string(error.message).ldelim();
  if (schemaChanged) writer.uint32(0x1a).fork().ldelim();
  for (const { index, message } of rowErrors) {
    writer.uint32(0x22).fork().uint32(8).int64(index).uint32(26).string(message).ldelim();
  }
  return Buffer.from(writer.finish());
}
