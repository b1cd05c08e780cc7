import { Readable } from 'node:stream';
import type { HttpAnswer } from '../../frame/http-answer.ts';
import { unimplemented } from '../../frame/service-error.ts';
import { type Action, type Call, defineAction, type Service } from '../action.ts';
import { conditionNotMet, invalidArgument } from '../errors.ts';
import { media } from '../media.ts';
import { checkObjectName } from '../names.ts';
import { chunksOf, discardingOnFailure, readingAll } from '../uploads/request-body.ts';
import { beginSession } from '../uploads/resumable.ts';
import { judgeRead, preconditionsOf } from './conditions.ts';
import { checksumsOf, fieldsOf, headersOf, xmlEtag } from './object-headers.ts';
import { checkSignature, signature } from './signed-url.ts';

const path = '/{bucket}/{object+}';
const reading = {
  ...signature,
  generation: 'int64',
  'response-content-type': 'string',
  'response-content-disposition': 'string',
} as const;

const objectsGet = defineAction({
  name: 'storage.objects.get',
  verb: 'GET',
  path,
  parameters: reading,
  handle: read,
});

const objectsHead = defineAction({
  name: 'storage.objects.get',
  verb: 'HEAD',
  path,
  parameters: reading,
  async handle(call, service) {
    const answer = await read(call, service);
    if (answer.body instanceof Readable) answer.body.destroy();
    // An empty stream leaves the content-length of the bytes that are not sent.
    return { ...answer, body: Readable.from([]) };
  },
});

const objectsInsert = defineAction({
  name: 'storage.objects.insert',
  verb: 'PUT',
  path,
  parameters: signature,
  handle({ request, path, query }, service) {
    return readingAll(request, async () => {
      const { catalog, clock } = service;
      checkAddress(path, query, clock.now());
      const { headers } = request;
      if (headers['x-goog-copy-source'] !== undefined) throw unimplemented('The header x-goog-copy-source');
      catalog.bucket(path.bucket);
      const name = checkObjectName(path.object);
      const incoming = service.incoming();
      const sealed = await discardingOnFailure(incoming, async () => {
        for await (const chunk of chunksOf(request)) await incoming.write(chunk);
        return incoming.seal(checksumsOf(headers));
      });
      const record = catalog.put(path.bucket, name, sealed, fieldsOf(headers), preconditionsOf(headers));
      const { 'content-type': _, ...shown } = headersOf(record);
      return { status: 200, headers: shown };
    });
  },
});

/** The start of a resumable upload; what follows goes to the address in the answer. */
const objectsInsertResumable = defineAction({
  name: 'storage.objects.insert',
  verb: 'POST',
  path,
  parameters: signature,
  async handle({ request, path, query }, service) {
    checkAddress(path, query, service.clock.now());
    const { headers } = request;
    if (headers['x-goog-resumable'] !== 'start') throw unimplemented('POST without x-goog-resumable: start');
    const intent = { bucket: path.bucket, name: checkObjectName(path.object), fields: fieldsOf(headers) };
    const preconditions = preconditionsOf(headers);
    return { ...beginSession({ ...intent, provided: {}, preconditions }, service), status: 201 };
  },
});

const objectsDelete = defineAction({
  name: 'storage.objects.delete',
  verb: 'DELETE',
  path,
  parameters: { ...signature, generation: 'int64' },
  handle({ request, path, query }, { catalog, clock }) {
    checkAddress(path, query, clock.now());
    const record = catalog.bucket(path.bucket).get(path.object, query.generation);
    catalog.deleteObject(record, preconditionsOf(request.headers), query.generation !== undefined);
    return { status: 204 };
  },
});

/** `/BUCKET/OBJECT`, what foreign readers and signed URLs use. After the JSON API, whose paths are longer. */
export const xmlActions: readonly Action[] = [
  objectsGet,
  objectsHead,
  objectsInsert,
  objectsInsertResumable,
  objectsDelete,
];

function read({ request, path, query }: Call<typeof reading>, service: Service): HttpAnswer {
  checkAddress(path, query, service.clock.now());
  const record = service.catalog.bucket(path.bucket).get(path.object, query.generation);
  const verdict = judgeRead(request.headers, record, xmlEtag(record));
  if (verdict === 'failed') throw conditionNotMet();
  if (verdict === 'not modified') return { status: 304, headers: { etag: xmlEtag(record) } };
  const answer = media(record, request.headers, service.backend);
  const wanted = {
    'content-type': query['response-content-type'],
    'content-disposition': query['response-content-disposition'],
  };
  const headers = { ...answer.headers, ...headersOf(record), ...definedOf(wanted) };
  return { ...answer, headers };
}

function checkAddress(path: Call['path'], query: Call<typeof signature>['query'], now: number): void {
  if (path.bucket.length < 3) throw invalidArgument(`Invalid bucket name: '${path.bucket}'`);
  checkSignature(query, now);
}

const definedOf = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
