import type { SchemaMessage } from '../broker/settings.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  name?: string;
  revisionId?: string;
}

/** A new revision with the definition of an old one. */
export const rollbackSchema: Action = (service) =>
  rpc<Request, SchemaMessage>(service, 'SchemaService', 'RollbackSchema', ({ name = '', revisionId = '' }) =>
    service.broker.schemas.rollback(name, revisionId),
  );
