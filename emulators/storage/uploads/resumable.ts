import type { HttpAnswer } from '../../frame/http-answer.ts';
import type { Service } from '../action.ts';
import { mustHold } from '../catalog.ts';
import { checkObjectName } from '../names.ts';
import { parseObject } from '../object-fields.ts';
import type { Preconditions } from '../preconditions.ts';
import type { InsertCall } from './insert-call.ts';
import { headerText } from './media.ts';

/**
 * `uploadType=resumable`: starts a session and answers with its address. A precondition that fails already now saves
 * the upload; the one that decides between two writers is judged when the object is made.
 */
export async function startResumable(
  { request, path, query, json }: InsertCall,
  service: Service,
): Promise<HttpAnswer> {
  const { name, provided, fields } = parseObject(await json());
  const target = checkObjectName(query.name ?? name);
  const bucket = service.catalog.bucket(path.bucket);
  const preconditions: Preconditions = {
    ifGenerationMatch: query.ifGenerationMatch,
    ifGenerationNotMatch: query.ifGenerationNotMatch,
    ifMetagenerationMatch: query.ifMetagenerationMatch,
    ifMetagenerationNotMatch: query.ifMetagenerationNotMatch,
  };
  mustHold(preconditions, bucket.find(target));
  const contentType = headerText(request.headers['x-upload-content-type']);
  const encoding = query.contentEncoding;
  const session = service.sessions.start({
    bucket: path.bucket,
    name: target,
    fields: {
      ...(contentType === undefined ? {} : { contentType }),
      ...(encoding === undefined ? {} : { contentEncoding: encoding }),
      ...fields,
    },
    provided,
    preconditions,
  });
  const address = new URL(`${service.origin()}/upload/storage/v1/b/${path.bucket}/o`);
  address.search = new URLSearchParams({
    uploadType: 'resumable',
    name: target,
    upload_id: session.id,
  }).toString();
  return { status: 200, headers: { location: address.href, 'x-guploader-uploadid': session.id } };
}
