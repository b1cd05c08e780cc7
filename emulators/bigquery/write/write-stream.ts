import type { TableResource } from '../engine/metadata.ts';
import { StorageError } from './storage-error.ts';

export type StreamType = 'COMMITTED' | 'PENDING' | 'BUFFERED';

/**
 * A stream made by CreateWriteStream. It takes rows (each with its place, the offset) until it is finalized. Rows of
 * COMMITTED are in the table at once; of BUFFERED up to the offset that was flushed; of PENDING once it is finalized
 * and then committed.
 */
export interface WriteStream {
  readonly name: string;
  readonly type: StreamType;
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
  /** Of the table: one made anew under the name is another. */
  readonly tableCreated: string;
  readonly createdMicros?: number;
  rows: number;
  flushed: number;
  finalized: boolean;
  committedMicros?: number;
}

export const createdOf = (table: TableResource): string => String(table.body.creationTime ?? '');

/** Where the next rows go; throws where they must not. */
export function checkAppend(stream: WriteStream, offset: number | undefined): void {
  const { name, rows } = stream;
  if (stream.committedMicros !== undefined)
    throw new StorageError(
      'INVALID_ARGUMENT',
      'STREAM_ALREADY_COMMITTED',
      'Stream has already been committed.',
      name,
    );
  if (stream.finalized)
    throw new StorageError(
      'INVALID_ARGUMENT',
      'STREAM_FINALIZED',
      'Stream has been finalized and cannot be appended.',
      name,
    );
  if (offset === undefined || offset === rows) return;
  if (offset < rows)
    throw new StorageError(
      'ALREADY_EXISTS',
      'OFFSET_ALREADY_EXISTS',
      `The offset is within stream, expected offset ${rows}, received ${offset}`,
      name,
    );
  throw new StorageError(
    'OUT_OF_RANGE',
    'OFFSET_OUT_OF_RANGE',
    `The offset is beyond stream, expected offset ${rows}, received ${offset}`,
    name,
  );
}

/** Rows up to and with `offset` are to be seen; gives how many that makes. */
export function checkFlush(stream: WriteStream, offset: number): number {
  const { name, rows, flushed } = stream;
  if (stream.type !== 'BUFFERED')
    throw new StorageError(
      'INVALID_ARGUMENT',
      'INVALID_STREAM_TYPE',
      `FlushRows is only for streams of type BUFFERED, this one is ${stream.type}.`,
      name,
    );
  if (offset >= rows)
    throw new StorageError(
      'OUT_OF_RANGE',
      'OFFSET_OUT_OF_RANGE',
      `Offset ${offset} is beyond the end of the stream, which has ${rows} rows.`,
      name,
    );
  if (offset < flushed)
    throw new StorageError(
      'ALREADY_EXISTS',
      'OFFSET_ALREADY_EXISTS',
      `Rows up to offset ${flushed - 1} have been flushed already, received ${offset}.`,
      name,
    );
  return offset + 1;
}

/** Why a stream cannot be committed; undefined where it can. */
export function commitFault(stream: WriteStream): StorageError | undefined {
  const { name } = stream;
  if (stream.type !== 'PENDING')
    return new StorageError(
      'INVALID_ARGUMENT',
      'INVALID_STREAM_TYPE',
      `Only streams of type PENDING are committed, this one is ${stream.type}.`,
      name,
    );
  if (stream.committedMicros !== undefined)
    return new StorageError(
      'ALREADY_EXISTS',
      'STREAM_ALREADY_COMMITTED',
      'Stream has already been committed.',
      name,
    );
  if (!stream.finalized)
    return new StorageError(
      'FAILED_PRECONDITION',
      'INVALID_STREAM_STATE',
      'Stream has not been finalized.',
      name,
    );
  return undefined;
}
