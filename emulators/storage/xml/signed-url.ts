import { ServiceError } from '../../frame/service-error.ts';
import { invalidArgument } from '../errors.ts';

/** What a signed URL carries, of both versions. */
export const signature = {
  'X-Goog-Algorithm': 'string',
  'X-Goog-Credential': 'string',
  'X-Goog-Date': 'string',
  'X-Goog-Expires': 'string',
  'X-Goog-SignedHeaders': 'string',
  'X-Goog-Signature': 'string',
  GoogleAccessId: 'string',
  Expires: 'string',
  Signature: 'string',
} as const;

type Signed = { readonly [Name in keyof typeof signature]?: string };

/**
 * Takes any signature, since there is no key to check it with, but not one whose time is over: that much of a signed
 * URL a test can rely on.
 */
export function checkSignature(query: Signed, now: number): void {
  const end =
    query['X-Goog-Signature'] !== undefined ? endOfV4(query) : Number(query.Expires ?? Infinity) * 1000;
  if (Number.isNaN(end)) throw invalidArgument('Invalid argument: the time of the signature cannot be read.');
  if (now >= end) {
    throw new ServiceError('INVALID_ARGUMENT', 'The provided token has expired.', { reason: 'expired' });
  }
}

function endOfV4(query: Signed): number {
  const iso = (query['X-Goog-Date'] ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  return Date.parse(iso) + Number(query['X-Goog-Expires']) * 1000;
}
