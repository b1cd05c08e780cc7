import type { HttpAnswer } from '../../frame/http-answer.ts';
import type { Service } from '../action.ts';
import { type Provided, parseHashHeader } from '../checksums.ts';
import { checkObjectName } from '../names.ts';
import { objectResource } from '../resources.ts';
import type { InsertCall } from './insert-call.ts';
import { chunksOf, discardingOnFailure, readingAll } from './request-body.ts';

/** `uploadType=media`: the body is the object; what is known of it stands in the query and the headers. */
export function insertMedia({ request, path, query }: InsertCall, service: Service): Promise<HttpAnswer> {
  return readingAll(request, async () => {
    const { catalog, origin } = service;
    catalog.bucket(path.bucket);
    const name = checkObjectName(query.name);
    const incoming = service.incoming();
    const sealed = await discardingOnFailure(incoming, async () => {
      for await (const chunk of chunksOf(request)) await incoming.write(chunk);
      return incoming.seal([
        parseHashHeader(headerText(request.headers['x-goog-hash'])),
        contentMd5(request.headers),
      ]);
    });
    const contentType = request.headers['content-type'];
    const fields = {
      ...(contentType === undefined ? {} : { contentType }),
      ...(query.contentEncoding === undefined ? {} : { contentEncoding: query.contentEncoding }),
    };
    const record = catalog.put(path.bucket, name, sealed, fields, query);
    return { status: 200, json: objectResource(record, origin()) };
  });
}

export const headerText = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

const contentMd5 = (headers: Readonly<Record<string, string | string[] | undefined>>): Provided => {
  const md5Hash = headerText(headers['content-md5']);
  return md5Hash === undefined ? {} : { md5Hash };
};
