import { type Code, ServiceError } from '../frame/service-error.ts';

// The texts are the service's own where they are known: people search for them, and some clients compare them.

const error = (code: Code, reason: string, message: string, http?: number): ServiceError =>
  new ServiceError(code, message, http === undefined ? { reason } : { reason, http });

export const invalidArgument = (message: string): ServiceError =>
  error('INVALID_ARGUMENT', 'invalid', message);

export const required = (what: string): ServiceError =>
  error('INVALID_ARGUMENT', 'required', `Required parameter: ${what}`);

export const noSuchBucket = (): ServiceError =>
  error('NOT_FOUND', 'notFound', 'The specified bucket does not exist.');

export const noSuchObject = (bucket: string, name: string, generation?: number): ServiceError =>
  error(
    'NOT_FOUND',
    'notFound',
    `No such object: ${bucket}/${name}${generation === undefined ? '' : `#${generation}`}`,
  );

export const noSuchUpload = (): ServiceError =>
  error('NOT_FOUND', 'notFound', 'Upload session not found: it was never started, or it was ended.');

export const conditionNotMet = (): ServiceError =>
  error(
    'FAILED_PRECONDITION',
    'conditionNotMet',
    'At least one of the pre-conditions you specified did not hold.',
    412,
  );

export const bucketExists = (): ServiceError =>
  error(
    'ALREADY_EXISTS',
    'conflict',
    'Your previous request to create the named bucket succeeded and you already own it.',
  );

export const bucketNotEmpty = (): ServiceError =>
  error('ABORTED', 'conflict', 'The bucket you tried to delete is not empty.');

export const rangeNotSatisfiable = (): ServiceError =>
  error('OUT_OF_RANGE', 'requestedRangeNotSatisfiable', 'Request range not satisfiable', 416);

export const checksumMismatch = (
  kind: 'CRC32C' | 'MD5 hash',
  provided: string,
  calculated: string,
): ServiceError =>
  invalidArgument(`Provided ${kind} "${provided}" doesn't match calculated ${kind} "${calculated}".`);
