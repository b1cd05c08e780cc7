import type { HttpAnswer } from '../../frame/http-answer.ts';
import { asServiceError, type ServiceError } from '../../frame/service-error.ts';

const codes: Readonly<Record<number, string>> = {
  400: 'InvalidArgument',
  403: 'AccessDenied',
  409: 'OperationAborted',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

/** The error body of the XML API. */
export function xmlErrorAnswer(thrown: unknown): HttpAnswer {
  const error = asServiceError(thrown);
  const [code, message] = codeAndMessage(error);
  return {
    status: error.http,
    headers: { 'content-type': 'application/xml; charset=UTF-8' },
    body:
      `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error>`,
  };
}

function codeAndMessage(error: ServiceError): [string, string] {
  if (error.reason === 'expired') return ['ExpiredToken', error.message];
  if (error.http !== 404) return [codes[error.http] ?? 'InternalError', error.message];
  return error.message.startsWith('No such object')
    ? ['NoSuchKey', 'The specified key does not exist.']
    : ['NoSuchBucket', error.message];
}

export const escapeXml = (text: string): string =>
  text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
