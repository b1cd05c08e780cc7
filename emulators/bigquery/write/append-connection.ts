import { type ByteStream, ServiceError, unimplemented } from '../../frame/index.ts';
import type { TableResource } from '../engine/metadata.ts';
import { type AppendRequest, readAppendRequest } from './append-request.ts';
import { columnsWithDefault } from './default-values.ts';
import { type AppendAnswer, appendError, appendResult, type RowError } from './messages.ts';
import { RowDecoder, SchemaMismatch } from './row-decoder.ts';
import { StorageError } from './storage-error.ts';
import { isDefault, type Places, tableOf } from './stream-names.ts';
import type { Arrival } from './table-inflow.ts';
import type { WriteStream } from './write-stream.ts';

/** As the service has it. */
const mostBytes = 20 * 1024 * 1024;

/** What one connection knows of a stream it writes to. */
interface Writer {
  readonly name: string;
  descriptor: Buffer | undefined;
  decoder: RowDecoder | undefined;
  table: TableResource | undefined;
  /** The schema as the client knows it. */
  told: string;
}

/**
 * One AppendRows connection. The first request names stream and schema, later ones may leave out what does not
 * change. The default streams of several tables may share it; a stream with offsets has it to itself. What is wrong
 * with a request's rows or offset is answered in its place; what is wrong with the request ends the connection.
 */
export class AppendConnection {
  readonly #places: Places;
  readonly #stream: ByteStream;
  readonly #writers = new Map<string, Writer>();
  #current: Writer | undefined;

  constructor(places: Places, stream: ByteStream) {
    this.#places = places;
    this.#stream = stream;
  }

  async take(bytes: Buffer): Promise<void> {
    const request = readable(() => readAppendRequest(bytes));
    if (request.hasArrow) throw unimplemented('AppendRows with arrow_rows');
    if (bytes.length > mostBytes)
      throw new ServiceError(
        'INVALID_ARGUMENT',
        `AppendRows request too large: ${bytes.length} limit ${mostBytes}`,
      );
    const writer = this.#writerOf(request);
    const { stream, table } = this.#targetOf(writer.name);
    if (!stream && request.offset !== undefined)
      throw new ServiceError(
        'INVALID_ARGUMENT',
        `Offset cannot be specified on the default stream. Entity: ${writer.name}`,
      );
    const updated = this.#noticeSchema(writer, table);
    const answer: AppendAnswer = { writeStream: writer.name, ...(updated && { updated: table }) };
    const arrival = arrivalOf(request, writer, table);
    if (stream && arrival.decoder.isChange)
      throw new ServiceError(
        'INVALID_ARGUMENT',
        `Changes by key (_CHANGE_TYPE) are taken on the default stream only. Entity: ${writer.name}`,
      );
    this.#stream.write(await this.#answer(stream, table, arrival, request, answer));
  }

  async #answer(
    stream: WriteStream | undefined,
    table: TableResource,
    arrival: Arrival,
    request: AppendRequest,
    answer: AppendAnswer,
  ): Promise<Buffer> {
    try {
      const { errors, offset } = stream
        ? await this.#places.streams.append(stream, table, arrival, request.offset)
        : await this.#default(table, arrival);
      if (errors.length > 0) return appendError(answer, rowsRefused(answer.writeStream), errors);
      return appendResult(offset === undefined ? answer : { ...answer, offset });
    } catch (error) {
      if (error instanceof StorageError) return appendError(answer, error);
      throw error;
    }
  }

  async #default(table: TableResource, arrival: Arrival): Promise<{ errors: RowError[]; offset: undefined }> {
    const { inflow } = this.#places;
    if (arrival.ranges.length === 0) return { errors: [], offset: undefined };
    const { errors, wait } = inflow.add(table, arrival, await inflow.defaults(table, arrival));
    if (wait) await wait;
    return { errors, offset: undefined };
  }

  #writerOf(request: AppendRequest): Writer {
    const name = request.writeStream || this.#current?.name;
    if (name === undefined)
      throw new ServiceError('INVALID_ARGUMENT', 'Stream name was not provided for the first request');
    const before = this.#current?.name;
    if (before !== undefined && before !== name && !(isDefault(before) && isDefault(name)))
      throw new ServiceError(
        'INVALID_ARGUMENT',
        `Only default streams may share a connection; it was opened for ${before}. Entity: ${name}`,
      );
    let writer = this.#writers.get(name);
    if (!writer) {
      writer = { name, descriptor: undefined, decoder: undefined, table: undefined, told: '' };
      this.#writers.set(name, writer);
    }
    if (request.descriptor && !writer.descriptor?.equals(request.descriptor)) {
      // Kept beyond this request, whose bytes the transport may use again.
      writer.descriptor = Buffer.from(request.descriptor);
      writer.decoder = undefined;
    }
    this.#current = writer;
    return writer;
  }

  #targetOf(name: string): { stream?: WriteStream; table: TableResource } {
    return isDefault(name) ? { table: tableOf(this.#places.engine, name) } : this.#places.streams.find(name);
  }

  /** True where the schema is another than at the last answer. */
  #noticeSchema(writer: Writer, table: TableResource): boolean {
    if (writer.table === table) return false;
    const schema = JSON.stringify(table.body.schema.fields);
    const isNew = writer.told !== '' && writer.told !== schema;
    writer.told = schema;
    writer.table = table;
    writer.decoder = undefined;
    return isNew;
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ServiceError('INVALID_ARGUMENT', `The request cannot be decoded: ${error.message}`);
  }
}

function arrivalOf(request: AppendRequest, writer: Writer, table: TableResource): Arrival {
  const { descriptor, name } = writer;
  if (!descriptor)
    throw new ServiceError(
      'INVALID_ARGUMENT',
      `Schema information was not provided for the first request of the stream. Entity: ${name}`,
    );
  try {
    writer.decoder ??= readable(() => new RowDecoder(descriptor, table));
  } catch (error) {
    if (!(error instanceof SchemaMismatch)) throw error;
    if (error.extraFields)
      throw new StorageError('INVALID_ARGUMENT', 'SCHEMA_MISMATCH_EXTRA_FIELDS', error.message, name);
    throw new ServiceError('INVALID_ARGUMENT', `${error.message} Entity: ${name}`);
  }
  const { bytes, ranges } = request;
  const defaults = columnsWithDefault(table, request.missing, request.missingElse);
  return { decoder: writer.decoder, descriptor, bytes, ranges, defaults };
}

const rowsRefused = (name: string): ServiceError =>
  new ServiceError(
    'INVALID_ARGUMENT',
    `Errors found while processing rows. Please refer to the row_errors field for details. The list may not be complete because of the size limitations. Entity: ${name}`,
  );
