/** The canonical codes of google.rpc.Code with the HTTP status Google's REST endpoints answer for each. */
export const codes = {
  OK: { number: 0, http: 200 },
  CANCELLED: { number: 1, http: 499 },
  UNKNOWN: { number: 2, http: 500 },
  INVALID_ARGUMENT: { number: 3, http: 400 },
  DEADLINE_EXCEEDED: { number: 4, http: 504 },
  NOT_FOUND: { number: 5, http: 404 },
  ALREADY_EXISTS: { number: 6, http: 409 },
  PERMISSION_DENIED: { number: 7, http: 403 },
  RESOURCE_EXHAUSTED: { number: 8, http: 429 },
  FAILED_PRECONDITION: { number: 9, http: 400 },
  ABORTED: { number: 10, http: 409 },
  OUT_OF_RANGE: { number: 11, http: 400 },
  UNIMPLEMENTED: { number: 12, http: 501 },
  INTERNAL: { number: 13, http: 500 },
  UNAVAILABLE: { number: 14, http: 503 },
  DATA_LOSS: { number: 15, http: 500 },
  UNAUTHENTICATED: { number: 16, http: 401 },
} as const;

export type Code = keyof typeof codes;

/** One google.protobuf.Any of a status: `value` is the encoded message named by `typeUrl`. */
export interface StatusDetail {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export interface ServiceErrorOptions {
  /** Where the REST status is not the one of the code: a failed precondition of Cloud Storage is 412. */
  readonly http?: number;
  /** REST `errors[0].reason`: notFound, conditionNotMet, duplicate … Clients decide on it whether to retry. */
  readonly reason?: string;
  readonly details?: readonly StatusDetail[];
}

/** What a service answers instead of a result; each wire makes its own form of it. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: Code;
  readonly http: number;
  readonly reason: string | undefined;
  readonly details: readonly StatusDetail[];

  constructor(code: Code, message: string, options: ServiceErrorOptions = {}) {
    super(message);
    this.code = code;
    this.http = options.http ?? codes[code].http;
    this.reason = options.reason;
    this.details = options.details ?? [];
  }
}

export const invalid = (message: string): ServiceError => new ServiceError('INVALID_ARGUMENT', message);

/** What is not built is refused by name, never ignored. */
export const unimplemented = (what: string): ServiceError =>
  new ServiceError('UNIMPLEMENTED', `${what} is not implemented by this emulator.`);

/** A thrown value that is no ServiceError is a defect of the emulator: it is told to the caller as INTERNAL. */
export function asServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new ServiceError('INTERNAL', `The emulator failed: ${text}`);
}

/** The error body of Google's JSON APIs. */
export function restErrorBody(error: ServiceError): object {
  return {
    error: {
      code: error.http,
      message: error.message,
      errors: [{ message: error.message, domain: 'global', reason: error.reason ?? 'backendError' }],
      status: error.code,
    },
  };
}
