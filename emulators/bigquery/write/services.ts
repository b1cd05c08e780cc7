import { type GrpcMethod, ServiceError } from '../../frame/index.ts';
import { AppendConnection } from './append-connection.ts';
import { commitMessage, countMessage, readStreamRequest, writeStreamMessage } from './stream-messages.ts';
import { isDefault, type Places, tableOf } from './stream-names.ts';

const service = '/google.cloud.bigquery.storage.v1.BigQueryWrite';

export function writeServices(places: Places): GrpcMethod[] {
  const { engine, streams } = places;
  const location = (project: string, dataset: string): string =>
    String(engine.metadata.dataset(project, dataset)?.body.location ?? 'US');
  const method = (name: string, run: (bytes: Buffer) => Promise<Buffer>): GrpcMethod => ({
    kind: 'unary',
    path: `${service}/${name}`,
    run,
  });
  return [
    method('CreateWriteStream', async (bytes) => {
      const { name, type } = readStreamRequest(bytes, 'type');
      const table = tableOf(engine, name);
      if (!type) throw new ServiceError('INVALID_ARGUMENT', `Stream type is not specified. Entity: ${name}`);
      return writeStreamMessage(
        await streams.create(table, type),
        location(table.project, table.dataset),
        table,
      );
    }),
    method('GetWriteStream', async (bytes) => {
      const { name, full } = readStreamRequest(bytes, 'none');
      const { stream, table } = isDefault(name)
        ? { stream: { name, type: 'COMMITTED' as const }, table: tableOf(engine, name) }
        : streams.find(name);
      return writeStreamMessage(stream, location(table.project, table.dataset), full ? table : undefined);
    }),
    method('FinalizeWriteStream', async (bytes) => {
      const { name } = readStreamRequest(bytes, 'none');
      refuseDefault(name, 'FinalizeWriteStream');
      return countMessage(await streams.finalize(name));
    }),
    method('FlushRows', async (bytes) => {
      const { name, offset } = readStreamRequest(bytes, 'offset');
      refuseDefault(name, 'FlushRows');
      if (offset === undefined)
        throw new ServiceError('INVALID_ARGUMENT', `FlushRows needs an offset. Entity: ${name}`);
      await streams.flush(name, offset);
      return countMessage(offset);
    }),
    method('BatchCommitWriteStreams', async (bytes) => {
      const { name, streams: names } = readStreamRequest(bytes, 'streams');
      return commitMessage(await streams.commit(tableOf(engine, name), names));
    }),
    {
      kind: 'streaming',
      path: `${service}/AppendRows`,
      faultsOn: 'request',
      open: (stream) => {
        const connection = new AppendConnection(places, stream);
        stream.onRequest((bytes) => connection.take(bytes));
        stream.onRequestsEnded(() => stream.end());
      },
    },
  ];
}

function refuseDefault(name: string, what: string): void {
  if (isDefault(name))
    throw new ServiceError('INVALID_ARGUMENT', `${what} is not for default streams. Entity: ${name}`);
}
