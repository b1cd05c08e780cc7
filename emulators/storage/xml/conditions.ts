import type { IncomingHttpHeaders } from 'node:http';
import { invalidArgument } from '../errors.ts';
import { judge, type Preconditions, type Verdict } from '../preconditions.ts';
import type { ObjectRecord } from '../records.ts';

/** The conditions of the JSON API by their names in the XML API: headers. It has no "not match" forms. */
export function preconditionsOf(headers: IncomingHttpHeaders): Preconditions {
  return {
    ifGenerationMatch: numberOf(headers, 'x-goog-if-generation-match'),
    ifMetagenerationMatch: numberOf(headers, 'x-goog-if-metageneration-match'),
  };
}

/** The verdict for a read, with HTTP's own conditions (RFC 9110, 13.2.2) behind the service's. */
export function judgeRead(headers: IncomingHttpHeaders, record: ObjectRecord, etag: string): Verdict {
  const verdict = judge(preconditionsOf(headers), record);
  if (verdict !== 'holds') return verdict;
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  const changed = Math.floor(record.updated / 1000) * 1000;
  const unmodifiedSince = Date.parse(headers['if-unmodified-since'] ?? '');
  const modifiedSince = Date.parse(headers['if-modified-since'] ?? '');
  if (match !== undefined) {
    if (!names(match, etag)) return 'failed';
  } else if (changed > unmodifiedSince) return 'failed';
  if (noneMatch !== undefined) return names(noneMatch, etag) ? 'not modified' : 'holds';
  return changed <= modifiedSince ? 'not modified' : 'holds';
}

function names(list: string, etag: string): boolean {
  return list.split(',').some((entry) => [etag, '*', `W/${etag}`].includes(entry.trim()));
}

function numberOf(headers: IncomingHttpHeaders, name: string): number | undefined {
  const text = headers[name];
  if (text === undefined) return undefined;
  if (typeof text !== 'string' || !/^\d{1,19}$/.test(text)) {
    throw invalidArgument(`Invalid unsigned integer value: '${String(text)}' for ${name}.`);
  }
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}
