import type { SchemaMessage } from '../broker/settings.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  name?: string;
  /** The old way to say it. */
  revisionId?: string;
}

export const deleteSchemaRevision: Action = (service) =>
  rpc<Request, SchemaMessage>(service, 'SchemaService', 'DeleteSchemaRevision', ({ name = '', revisionId }) =>
    service.broker.schemas.deleteRevision(name.includes('@') ? name : `${name}@${revisionId ?? ''}`),
  );
