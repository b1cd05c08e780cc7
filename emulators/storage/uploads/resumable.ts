import type { HttpAnswer } from '../../frame/http-answer.ts';
import type { Service } from '../action.ts';
import { mustHold } from '../catalog.ts';
import { checkObjectName } from '../names.ts';
import { parseObject } from '../object-fields.ts';
import type { Intent } from '../session.ts';
import type { InsertCall } from './insert-call.ts';
import { headerText } from './media.ts';

/** `uploadType=resumable`: the bytes come later, to an address of their own. */
export async function startResumable(
  { request, path, query, json }: InsertCall,
  service: Service,
): Promise<HttpAnswer> {
  const { name, provided, fields } = parseObject(await json());
  const contentType = headerText(request.headers['x-upload-content-type']);
  const encoding = query.contentEncoding;
  const intent: Intent = {
    bucket: path.bucket,
    name: checkObjectName(query.name ?? name),
    fields: {
      ...(contentType === undefined ? {} : { contentType }),
      ...(encoding === undefined ? {} : { contentEncoding: encoding }),
      ...fields,
    },
    provided,
    preconditions: {
      ifGenerationMatch: query.ifGenerationMatch,
      ifGenerationNotMatch: query.ifGenerationNotMatch,
      ifMetagenerationMatch: query.ifMetagenerationMatch,
      ifMetagenerationNotMatch: query.ifMetagenerationNotMatch,
    },
  };
  return beginSession(intent, service);
}

/**
 * Starts a session and answers with its address. A precondition that fails already now saves the upload; the one that
 * decides between two writers is judged when the object is made.
 */
export function beginSession(intent: Intent, { catalog, sessions, origin }: Service): HttpAnswer {
  mustHold(intent.preconditions, catalog.bucket(intent.bucket).find(intent.name));
  const session = sessions.start(intent);
  const address = new URL(`${origin()}/upload/storage/v1/b/${intent.bucket}/o`);
  address.search = new URLSearchParams({
    uploadType: 'resumable',
    name: intent.name,
    upload_id: session.id,
  }).toString();
  return { status: 200, headers: { location: address.href, 'x-guploader-uploadid': session.id } };
}
