import {
  codeOf,
  DefectError,
  messageOf,
  OrderlakeError,
  SetupError,
  TransientError,
} from '../../runtime/index.ts';

/** gRPC's numbers, as the replies carry them. */
const code = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** As the documentation's own writer has it; unknown is what a proxy or a cut connection leaves. */
const passing: readonly number[] = [
  code.cancelled,
  code.unknown,
  code.deadlineExceeded,
  code.resourceExhausted,
  code.failedPrecondition,
  code.aborted,
  code.internal,
  code.unavailable,
];

/** The service will not take this request, and does not say which of its rows is the reason. */
export class RequestRefused {
  readonly got: string;

  constructor(got: string) {
    this.got = got;
  }
}

/** The schema is ours and the same for every row: no row is to blame. */
const aboutTheSchema = /schema|unknown to BigQuery|proto (field|descriptor)/i;

/** The table does not know what the rows are made of: a column may have to be added. */
export class SchemaRefused extends SetupError {}

/** What the retry law needs to know about an error of the Storage Write API. */
export function storageWriteError(error: unknown, table: string): OrderlakeError | RequestRefused {
  if (error instanceof OrderlakeError) return error;
  const given = codeOf(error);
  const number = typeof given === 'number' ? given : undefined;
  const fields = { got: wordsOf(error), cause: error };
  if (number === code.notFound) {
    return new SetupError(`the table ${table} is not there`, {
      ...fields,
      action: 'Make it with `orderlake infra apply` (or `cdktf deploy`); rows wait until then.',
    });
  }
  if (number === code.permissionDenied || number === code.unauthenticated) {
    return new SetupError(`writing to ${table} is not allowed`, {
      ...fields,
      action: 'Grant roles/bigquery.dataEditor on its dataset to the account of the worker.',
    });
  }
  if (number === code.invalidArgument) {
    if (!aboutTheSchema.test(fields.got)) return new RequestRefused(fields.got);
    return new SchemaRefused(`the table ${table} is not what the contract says`, {
      ...fields,
      action:
        'BigQuery may need minutes to know new columns of a table; if it lasts, compare with `orderlake doctor`. Rows wait until then.',
    });
  }
  if (number !== undefined && passing.includes(number)) {
    return new TransientError(`BigQuery did not take the rows of ${table}`, fields);
  }
  return new DefectError(`BigQuery answered what we did not expect for ${table}`, fields);
}

/** A google.rpc.Status inside a reply is no Error, but has a message too. */
function wordsOf(error: unknown): string {
  if (error instanceof Error) return messageOf(error);
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
