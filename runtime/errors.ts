/** What every error of ours can say. `action` is the sentence a person reads to mend it. */
export interface ErrorFields {
  readonly expected?: string;
  readonly got?: string;
  readonly action?: string;
  readonly cause?: unknown;
}

/**
 * The base of the five classes. `retriable` is the retry law: true is retried with full jitter, false is
 * refused (a message is dead-lettered, a command ends), and an error that is none of ours crashes the process.
 */
export abstract class OrderlakeError extends Error {
  abstract readonly code: string;
  abstract readonly retriable: boolean;
  /** The exit code of a command that ends with this error; documented in the README. */
  abstract readonly exitCode: number;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly action: string | undefined;

  constructor(message: string, fields: ErrorFields = {}) {
    super(sentence(message, fields), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = new.target.name;
    this.expected = fields.expected;
    this.got = fields.got;
    this.action = fields.action;
  }
}

function sentence(message: string, { expected, got, action }: ErrorFields): string {
  const compared = [expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean).join(', ');
  return [message, compared && `: ${compared}`, action && `. ${action}`].filter(Boolean).join('');
}

/** Thrown when what the caller handed over (a flag, a file, a row) is wrong. Trying again changes nothing. */
export class InputError extends OrderlakeError {
  readonly code = 'INPUT';
  readonly retriable = false;
  readonly exitCode = 2;
}

/** Thrown when something must be made or granted first: a missing table, a denied permission. */
export class SetupError extends OrderlakeError {
  readonly code = 'SETUP';
  readonly retriable = true;
  readonly exitCode = 3;
}

/** Thrown when the other side is busy, slow or away. The outcome of what was asked may be unknown. */
export class TransientError extends OrderlakeError {
  readonly code = 'TRANSIENT';
  readonly retriable = true;
  readonly exitCode = 4;
}

/** Thrown when somebody else won: read the state again, or stop if you were fenced. */
export class ConflictError extends OrderlakeError {
  readonly code = 'CONFLICT';
  readonly retriable = false;
  readonly exitCode = 5;
}

/** Thrown when the program contradicts itself. Nobody catches it: the process ends loudly. */
export class DefectError extends OrderlakeError {
  readonly code = 'DEFECT';
  readonly retriable = false;
  readonly exitCode = 70;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the system, zlib, gRPC and Google's clients put beside the message: a name or a number. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
