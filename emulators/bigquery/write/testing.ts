import { managedwriter, type protos } from '@google-cloud/bigquery-storage';
import { credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { BigQueryEmulator } from '../index.ts';

export interface Appender {
  append(rows: Uint8Array[]): Promise<protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse>;
  close(): void;
}
interface Descriptor {
  readonly name: string;
  readonly field: { name: string; number: number; label: number; type: number }[];
}

export function columns(list: readonly (readonly [name: string, type: number])[]): Descriptor {
  return { name: 'Row', field: list.map(([name, type], i) => ({ name, type, number: i + 1, label: 1 })) };
}

/** As the first request of a stream carries it. */
export function descriptorBytes({ name, field }: Descriptor): Buffer {
  const w = protobuf.Writer.create().uint32(10).string(name);
  for (const f of field)
    w.uint32(18)
      .fork()
      .uint32(10)
      .string(f.name)
      .uint32(24)
      .int32(f.number)
      .uint32(40)
      .int32(f.type)
      .ldelim();
  return Buffer.from(w.finish());
}

const protoNames: Readonly<Record<number, string>> = {
  1: 'double',
  3: 'int64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
};

const types = new WeakMap<Descriptor, protobuf.Type>();

/** Encoded by protobufjs, so that our reader is not tested against a writer of our own. */
export function rowBytes(descriptor: Descriptor, row: Record<string, unknown>): Uint8Array {
  let type = types.get(descriptor);
  if (!type) {
    type = new protobuf.Type('Row');
    for (const f of descriptor.field)
      type.add(new protobuf.Field(f.name, f.number, protoNames[f.type] ?? '', 'optional'));
    types.set(descriptor, type);
  }
  return type.encode(type.fromObject(row)).finish();
}

export function writerClient(emulator: BigQueryEmulator): managedwriter.WriterClient {
  const [host = '', port = ''] = emulator.environment.BIGQUERY_STORAGE_WRITE_HOST.split(':');
  return new managedwriter.WriterClient({
    projectId: 'lab',
    apiEndpoint: host,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  });
}

/** The real client on the default stream. */
export async function appender(
  emulator: BigQueryEmulator,
  table: string,
  descriptor: object,
  dataset = 'lab',
): Promise<Appender> {
  const client = writerClient(emulator);
  const connection = await client.createStreamConnection({
    streamId: managedwriter.DefaultStream,
    destinationTable: `projects/lab/datasets/${dataset}/tables/${table}`,
  });
  // The error also fails the append that met it; without a listener it would end the process.
  connection.onConnectionError(() => {});
  const writer = new managedwriter.Writer({ connection, protoDescriptor: descriptor });
  return {
    append: (serializedRows) => writer.appendRows({ serializedRows }).getResult(),
    close: () => {
      writer.close();
      client.close();
    },
  };
}
