import protobuf from 'protobufjs';

/** google.rpc.Status */
export interface AppendFailure {
  readonly code: number;
  readonly message: string;
}

export interface RowError {
  readonly index: number;
  readonly message: string;
}

/** google.cloud.bigquery.storage.v1.AppendRowsResponse, as far as the default stream answers with it. */
export interface AppendReply {
  /** Why the append was refused. */
  readonly error?: AppendFailure | undefined;
  readonly rowErrors?: readonly RowError[];
  /** The table has another schema than when the connection was opened. */
  readonly schemaChanged?: boolean;
}

type Reader = protobuf.Reader;

export function readReply(bytes: Uint8Array): AppendReply {
  let error: AppendFailure | undefined;
  let schemaChanged = false;
  const rowErrors: RowError[] = [];
  const reader = protobuf.Reader.create(bytes);
  eachField(reader, (number) => {
    if (number === 2) error = readStatus(part(reader));
    else if (number === 4) rowErrors.push(readRowError(part(reader)));
    else {
      schemaChanged ||= number === 3;
      return false;
    }
    return true;
  });
  return { error, rowErrors, schemaChanged };
}

function readStatus(reader: Reader): AppendFailure {
  const status = { code: 0, message: '' };
  eachField(reader, (number) => {
    if (number === 1) status.code = reader.int32();
    else if (number === 2) status.message = reader.string();
    else return false;
    return true;
  });
  return status;
}

function readRowError(reader: Reader): RowError {
  const error = { index: 0, message: 'no reason given' };
  eachField(reader, (number) => {
    if (number === 1) error.index = Number(reader.int64());
    else if (number === 3) error.message = reader.string();
    else return false;
    return true;
  });
  return error;
}

/** Calls `take` for each field; what it does not take is passed over. */
function eachField(reader: Reader, take: (number: number) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!take(tag >>> 3)) reader.skipType(tag & 7);
  }
}

function part(reader: Reader): Reader {
  return protobuf.Reader.create(reader.bytes());
}
