import { ServiceError } from '../../frame/service-error.ts';
import { defineAction } from '../action.ts';
import { insertParameters } from '../uploads/insert-call.ts';

/** Ends a resumable upload without an object. The service answers 499 where it worked. */
export const objectsInsertCancel = defineAction({
  name: 'storage.objects.insert.cancel',
  verb: 'DELETE',
  path: '/upload/b/{bucket}/o',
  parameters: { ...insertParameters, upload_id: 'string' },
  async handle({ request, query }, { sessions }) {
    const session = sessions.get(query.upload_id);
    await session.enter(
      () => request.destroy(),
      async () => {
        if (session.ending === undefined) await sessions.cancel(session);
      },
    );
    throw new ServiceError('CANCELLED', 'Client Closed Request', { reason: 'cancelled' });
  },
});
