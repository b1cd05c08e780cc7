import { defineAction } from '../action.ts';
import { invalidArgument } from '../errors.ts';
import { insertParameters } from '../uploads/insert-call.ts';
import { insertMedia } from '../uploads/media.ts';
import { insertMultipart } from '../uploads/multipart.ts';
import { startResumable } from '../uploads/resumable.ts';

const protocols = new Map([
  ['media', insertMedia],
  ['multipart', insertMultipart],
  ['resumable', startResumable],
]);

export const objectsInsert = defineAction({
  name: 'storage.objects.insert',
  verb: 'POST',
  path: '/upload/b/{bucket}/o',
  parameters: insertParameters,
  handle(call, service) {
    const protocol = protocols.get(call.query.uploadType ?? '');
    if (protocol === undefined) {
      throw invalidArgument(
        `Invalid upload type: '${String(call.query.uploadType)}'. Expected media, multipart or resumable.`,
      );
    }
    return protocol(call, service);
  },
});
