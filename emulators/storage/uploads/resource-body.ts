import { ServiceError } from '../../frame/service-error.ts';

export function parseResource(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ServiceError('INVALID_ARGUMENT', 'Parse Error', { reason: 'parseError' });
  }
}
