import type { SchemaMessage } from '../broker/settings.ts';
import { type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';
import { type SchemaView, viewed } from './schema-view.ts';

interface Request extends PageRequest {
  name?: string;
  view?: SchemaView;
}

interface Response {
  schemas: SchemaMessage[];
  nextPageToken: string;
}

/** The newest first. */
export const listSchemaRevisions: Action = (service) =>
  rpc<Request, Response>(service, 'SchemaService', 'ListSchemaRevisions', (request) => {
    const { revisions } = service.broker.schemas.schema(request.name ?? '');
    const numbered = revisions.toReversed().map((one, i) => [String(i).padStart(8, '0'), one] as const);
    const { items, nextPageToken } = page(numbered, request);
    const view = request.view === 'FULL' ? 'FULL' : 'BASIC';
    return { schemas: items.map((schema) => viewed(schema, view)), nextPageToken };
  });
