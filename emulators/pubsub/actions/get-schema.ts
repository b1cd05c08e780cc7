import type { SchemaMessage } from '../broker/settings.ts';
import { type Action, rpc } from './rpc.ts';
import { type SchemaView, viewed } from './schema-view.ts';

interface Request {
  name?: string;
  view?: SchemaView;
}

/** Whole unless the caller says otherwise; lists are brief unless the caller says otherwise. */
export const getSchema: Action = (service) =>
  rpc<Request, SchemaMessage>(service, 'SchemaService', 'GetSchema', ({ name, view }) =>
    viewed(service.broker.schemas.revision(name ?? ''), view ?? 'FULL'),
  );
