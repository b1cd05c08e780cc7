import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { appendFile, stat, truncate } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import {
  type HttpAction,
  type HttpAnswer,
  type HttpCall,
  invalid,
  ServiceError,
} from '../../../frame/index.ts';
import { parseContentRange } from '../../../storage/content-range.ts';
import { boundaryOf, MultipartParser } from '../../../storage/multipart.ts';
import { type Api, answered, type Json } from '../api.ts';
import { insertJob } from './jobs.ts';

/** An upload that is under way: its job starts when the last byte is here. */
interface Session {
  readonly project: string;
  readonly body: Json;
  readonly path: string;
  /** What the last answer was, for a client that did not get it. */
  finished?: HttpAnswer;
}

/** `POST /upload/…/jobs`: a load job that brings its file along, at once or piece by piece. */
export function uploads(api: Api): HttpAction[] {
  const sessions = new Map<string, Session>();
  const path = '/upload/bigquery/v2/projects/{project}/jobs';
  const prefixes = ['', '/resumable'];
  return prefixes.flatMap((prefix): HttpAction[] => [
    {
      name: 'bigquery.jobs.insert',
      verb: 'POST',
      path: `${prefix}${path}`,
      handle: (call) => {
        const type = call.url.searchParams.get('uploadType') ?? 'multipart';
        if (type === 'multipart') return multipart(api, call);
        if (type === 'resumable') return begin(api, call, sessions);
        throw invalid(`Invalid upload type: ${type}. Load jobs take multipart and resumable uploads.`);
      },
    },
    {
      name: 'bigquery.jobs.upload',
      verb: 'PUT',
      path: `${prefix}${path}`,
      handle: (call) => piece(api, call, sessions),
    },
  ]);
}

const project = (call: HttpCall): string => call.path.project ?? '';

async function multipart(api: Api, call: HttpCall): Promise<HttpAnswer> {
  const path = api.staging.newPath();
  const body = await takeApart(call.request, path);
  return answered(() => insertJob(api, project(call), body, path));
}

/** The first part is the job, the second the file. */
async function takeApart(request: IncomingMessage, path: string): Promise<Json> {
  const parser = new MultipartParser(boundaryOf(request.headers['content-type']));
  const out = createWriteStream(path);
  const head: Uint8Array[] = [];
  let parts = 0;
  for await (const chunk of request)
    for (const event of parser.push(chunk as Buffer)) {
      if (event.kind === 'part') parts += 1;
      else if (parts === 1) head.push(Buffer.from(event.bytes));
      // A copy: the parser's chunk is the socket's own buffer.
      else if (!out.write(Buffer.from(event.bytes))) await once(out, 'drain');
    }
  out.end();
  await finished(out);
  if (!parser.isComplete || parts !== 2)
    throw invalid(`Malformed multipart body: expected two parts and the closing boundary, got ${parts}.`);
  return jsonOf(Buffer.concat(head));
}

function jsonOf(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } catch (error) {
    throw new ServiceError('INVALID_ARGUMENT', `Expected a JSON job: ${(error as Error).message}`, {
      reason: 'parseError',
    });
  }
}

async function begin(api: Api, call: HttpCall, sessions: Map<string, Session>): Promise<HttpAnswer> {
  const body = (await call.json()) as Json;
  const id = randomUUID();
  const path = api.staging.newPath();
  await appendFile(path, '');
  sessions.set(id, { project: project(call), body, path });
  const location = `http://${call.request.headers.host}${call.url.pathname}?uploadType=resumable&upload_id=${id}`;
  return { status: 200, headers: { location, 'x-guploader-uploadid': id }, body: '' };
}

async function piece(api: Api, call: HttpCall, sessions: Map<string, Session>): Promise<HttpAnswer> {
  const session = sessions.get(call.url.searchParams.get('upload_id') ?? '');
  if (!session) throw new ServiceError('NOT_FOUND', 'Upload session not found.', { reason: 'notFound' });
  if (session.finished) return session.finished;
  const range = parseContentRange(call.request.headers['content-range']);
  const held = (await stat(session.path)).size;
  if (range.kind === 'status') return range.total === held ? complete(api, session) : unfinished(held);
  const bytes = await call.body(512 * 1024 * 1024);
  if (range.last !== undefined && bytes.length > range.last - range.first + 1)
    throw invalid(`Expected the bytes ${range.first}-${range.last}, got ${bytes.length} bytes.`);
  if (range.first > held) return unfinished(held);
  await truncate(session.path, range.first);
  await appendFile(session.path, bytes);
  const size = range.first + bytes.length;
  const total = range.total ?? (call.request.headers['content-range'] === undefined ? size : undefined);
  return total === size ? complete(api, session) : unfinished(size);
}

/** 308: go on after the last byte that is here. */
const unfinished = (held: number): HttpAnswer => ({
  status: 308,
  ...(held > 0 && { headers: { range: `bytes=0-${held - 1}` } }),
  body: '',
});

async function complete(api: Api, session: Session): Promise<HttpAnswer> {
  session.finished = await answered(() => insertJob(api, session.project, session.body, session.path));
  return session.finished;
}
