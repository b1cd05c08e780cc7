import type { HttpAnswer } from '../../frame/http-answer.ts';
import { type Call, defineAction, type Service } from '../action.ts';
import { type Provided, parseHashHeader } from '../checksums.ts';
import { parseContentRange } from '../content-range.ts';
import { noSuchUpload } from '../errors.ts';
import { objectResource } from '../resources.ts';
import type { Ending, Session } from '../session.ts';
import { insertParameters } from '../uploads/insert-call.ts';
import { headerText } from '../uploads/media.ts';
import { chunksOf, drain, readingAll } from '../uploads/request-body.ts';

/** A PUT to the address of a resumable upload: bytes, or the question how many have arrived. */
export const objectsInsertChunk = defineAction({
  name: 'storage.objects.insert.chunk',
  verb: 'PUT',
  path: '/upload/b/{bucket}/o',
  parameters: { ...insertParameters, upload_id: 'string' },
  handle(call, service) {
    const { request, query } = call;
    return readingAll(request, async () => {
      const session = service.sessions.get(query.upload_id);
      return session.enter(
        () => request.destroy(),
        () => advance(call, session, service),
      );
    });
  },
});

async function advance(
  { request }: Pick<Call, 'request'>,
  session: Session,
  service: Service,
): Promise<HttpAnswer> {
  if (session.ending !== undefined) return ended(session.ending, service);
  const range = parseContentRange(headerText(request.headers['content-range']));
  if (range.kind === 'status') {
    if (range.total !== session.persisted) return incomplete(session.persisted, request);
  } else {
    if (range.first > session.persisted) return offsetBehind(range.first, session.persisted, request);
    const progress = await session.take(range, chunksOf(request));
    if (progress.kind === 'more') return incomplete(progress.persisted, request);
  }
  const provided: Provided = parseHashHeader(headerText(request.headers['x-goog-hash']));
  return ended(await service.sessions.finish(session, provided), service);
}

function ended(ending: Ending, service: Service): HttpAnswer {
  if (ending.kind === 'refused') throw ending.error;
  if (ending.kind === 'cancelled') throw noSuchUpload();
  return { status: 200, json: objectResource(ending.record, service.origin()) };
}

/** 308 is a redirect to HTTP libraries that know no better; they ask for a 200 with the status in a header. */
function incomplete(persisted: number, request: Call['request']): HttpAnswer {
  const range: Record<string, string> = persisted === 0 ? {} : { range: `bytes=0-${persisted - 1}` };
  return request.headers['x-guploader-no-308'] === 'yes'
    ? { status: 200, headers: { ...range, 'x-http-status-code-override': '308' } }
    : { status: 308, headers: range };
}

/** The service answers this one as plain text; clients tell it from a passing 503 by that. */
async function offsetBehind(first: number, persisted: number, request: Call['request']): Promise<HttpAnswer> {
  await drain(request);
  return {
    status: 503,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body:
      'Invalid request.  According to the Content-Range header, the upload offset is ' +
      `${first} byte(s), which exceeds already uploaded size of ${persisted} byte(s).`,
  };
}
