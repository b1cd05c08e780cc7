import protobuf from 'protobufjs';
import { type Code, ServiceError, type StatusDetail } from '../../frame/index.ts';

/** google.cloud.bigquery.storage.v1.StorageError.StorageErrorCode */
export const storageCodes = {
  TABLE_NOT_FOUND: 1,
  STREAM_ALREADY_COMMITTED: 2,
  STREAM_NOT_FOUND: 3,
  INVALID_STREAM_TYPE: 4,
  INVALID_STREAM_STATE: 5,
  STREAM_FINALIZED: 6,
  SCHEMA_MISMATCH_EXTRA_FIELDS: 7,
  OFFSET_ALREADY_EXISTS: 8,
  OFFSET_OUT_OF_RANGE: 9,
} as const;
export type StorageCode = keyof typeof storageCodes;

/** Clients decide by the detail, not by the text, what to do next. */
export class StorageError extends ServiceError {
  readonly storageCode: StorageCode;
  readonly entity: string;

  constructor(code: Code, storageCode: StorageCode, message: string, entity: string) {
    const whole = `${message} Entity: ${entity}`;
    super(code, whole, { details: [storageDetail(storageCode, whole, entity)] });
    this.storageCode = storageCode;
    this.entity = entity;
  }
}

function storageDetail(code: StorageCode, message: string, entity: string): StatusDetail {
  return {
    typeUrl: 'type.googleapis.com/google.cloud.bigquery.storage.v1.StorageError',
    value: encodeStorageError(code, message, entity),
  };
}

export function encodeStorageError(code: StorageCode, message: string, entity: string): Uint8Array {
  return protobuf.Writer.create()
    .uint32(8)
    .int32(storageCodes[code])
    .uint32(18)
    .string(entity)
    .uint32(26)
    .string(message)
    .finish();
}
