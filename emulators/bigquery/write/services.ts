import { type ByteStream, codes, type GrpcMethod, ServiceError, unimplemented } from '../../frame/index.ts';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { readAppendRequest } from './append-request.ts';
import { appendError, appendResult, streamName, writeStream } from './messages.ts';
import { RowDecoder, SchemaMismatch } from './row-decoder.ts';
import type { RowInflow } from './table-inflow.ts';

const service = '/google.cloud.bigquery.storage.v1.BigQueryWrite';

export function writeServices(engine: Engine, inflow: RowInflow): GrpcMethod[] {
  const refused = ['CreateWriteStream', 'FinalizeWriteStream', 'BatchCommitWriteStreams', 'FlushRows'].map(
    (name): GrpcMethod => ({
      kind: 'unary',
      path: `${service}/${name}`,
      run: () => {
        throw unimplemented(`BigQueryWrite.${name}`);
      },
    }),
  );
  return [
    ...refused,
    {
      kind: 'unary',
      path: `${service}/GetWriteStream`,
      run: (bytes) => {
        const name = streamName(bytes);
        const { project, dataset } = tableOfStream(engine, name);
        return writeStream(name, String(engine.metadata.dataset(project, dataset)?.body.location ?? 'US'));
      },
    },
    {
      kind: 'streaming',
      path: `${service}/AppendRows`,
      faultsOn: 'request',
      open: (stream) => appendRows(engine, inflow, stream),
    },
  ];
}

function tableOfStream(engine: Engine, name: string): TableResource {
  const [, project = '', dataset = '', table = '', stream] =
    /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)\/(?:streams\/)?([^/]+)$/.exec(name) ?? [];
  if (stream === undefined) throw new ServiceError('INVALID_ARGUMENT', `Invalid stream name: "${name}"`);
  if (stream !== '_default') throw unimplemented(`Write stream ${stream}: only _default`);
  const found = engine.metadata.table(project, dataset, table);
  if (found?.body.type !== 'TABLE')
    throw new ServiceError('NOT_FOUND', `Requested entity was not found. Entity: ${name}`);
  return found;
}

/** One connection: the first request names stream and schema, later ones may leave out what does not change. */
function appendRows(engine: Engine, inflow: RowInflow, stream: ByteStream): void {
  let name = '';
  let descriptor: Buffer | undefined;
  let decoder: RowDecoder | undefined;
  let table: TableResource | undefined;
  stream.onRequest(async (bytes) => {
    const request = readAppendRequest(bytes);
    if (request.hasArrow) throw unimplemented('AppendRows with arrow_rows');
    if (request.offset !== undefined)
      throw new ServiceError('INVALID_ARGUMENT', 'Offset cannot be specified on the default stream');
    if (request.writeStream !== '' && request.writeStream !== name) {
      name = request.writeStream;
      decoder = undefined;
    }
    if (request.descriptor && !descriptor?.equals(request.descriptor)) {
      // Kept beyond this request, whose bytes the transport may use again.
      descriptor = Buffer.from(request.descriptor);
      decoder = undefined;
    }
    const current = tableOfStream(engine, name);
    if (current !== table) decoder = undefined;
    table = current;
    if (!descriptor)
      throw new ServiceError(
        'INVALID_ARGUMENT',
        'Schema information was not provided for the first request of the stream',
      );
    try {
      decoder ??= new RowDecoder(descriptor, table);
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) throw error;
      throw new ServiceError('INVALID_ARGUMENT', `${error.message} Entity: ${name}`);
    }
    if (request.ranges.length > 0) {
      const { errors, wait } = inflow.add(table, { ...request, decoder, descriptor, defaults: [] });
      if (errors.length > 0) {
        stream.write(
          appendError(
            name,
            codes.INVALID_ARGUMENT.number,
            `Errors found while processing rows. Please refer to the row_errors field for details. The list may not be complete because of the size limitations. Entity: ${name}`,
            errors,
          ),
        );
        return;
      }
      if (wait) await wait;
    }
    stream.write(appendResult(name));
  });
  stream.onRequestsEnded(() => stream.end());
}
