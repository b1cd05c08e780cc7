import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from '../../frame/http-answer.ts';
import type { Service } from '../action.ts';
import { parseHashHeader } from '../checksums.ts';
import { invalidArgument } from '../errors.ts';
import type { Incoming } from '../incoming.ts';
import { boundaryOf, MultipartParser } from '../multipart.ts';
import { checkObjectName } from '../names.ts';
import { parseObject } from '../object-fields.ts';
import { objectResource } from '../resources.ts';
import type { InsertCall } from './insert-call.ts';
import { headerText } from './media.ts';
import { chunksOf, discardingOnFailure, readingAll } from './request-body.ts';
import { parseResource } from './resource-body.ts';

const resourceLimitBytes = 1024 * 1024;

/** `uploadType=multipart`: two parts, the resource as JSON and the bytes. */
export function insertMultipart({ request, path, query }: InsertCall, service: Service): Promise<HttpAnswer> {
  return readingAll(request, async () => {
    const { catalog, origin } = service;
    catalog.bucket(path.bucket);
    const incoming = service.incoming();
    return discardingOnFailure(incoming, async () => {
      const { json, contentType } = await readParts(request, incoming);
      const { name, provided, fields } = parseObject(json);
      const target = checkObjectName(query.name ?? name);
      const header = parseHashHeader(headerText(request.headers['x-goog-hash']));
      const sealed = await incoming.seal([provided, header]);
      const typed = contentType === undefined ? fields : { contentType, ...fields };
      const record = catalog.put(path.bucket, target, sealed, typed, query);
      return { status: 200, json: objectResource(record, origin()) };
    });
  });
}

async function readParts(
  request: IncomingMessage,
  incoming: Incoming,
): Promise<{ json: unknown; contentType: string | undefined }> {
  const parser = new MultipartParser(boundaryOf(request.headers['content-type']));
  const resource: Uint8Array[] = [];
  let resourceBytes = 0;
  let parts = 0;
  let contentType: string | undefined;
  for await (const chunk of chunksOf(request)) {
    for (const event of parser.push(chunk)) {
      if (event.kind === 'part') {
        parts += 1;
        if (parts === 2) contentType = event.headers['content-type'];
      } else if (parts === 1) {
        resourceBytes += event.bytes.length;
        if (resourceBytes > resourceLimitBytes) throw invalidArgument('Metadata part is too large.');
        resource.push(event.bytes);
      } else if (parts === 2) {
        await incoming.write(event.bytes);
      }
    }
  }
  // Without the closing delimiter the object might be half of what was meant.
  if (!parser.isComplete || parts !== 2) {
    throw invalidArgument(
      `Malformed multipart body: expected two parts and the closing boundary, got ${parts}.`,
    );
  }
  return { json: parseResource(Buffer.concat(resource)), contentType };
}
