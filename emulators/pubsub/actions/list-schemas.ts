import type { SchemaMessage } from '../broker/settings.ts';
import { ofProject, type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';
import { type SchemaView, viewed } from './schema-view.ts';

interface Request extends PageRequest {
  parent?: string;
  view?: SchemaView;
}

interface Response {
  schemas: SchemaMessage[];
  nextPageToken: string;
}

export const listSchemas: Action = (service) =>
  rpc<Request, Response>(service, 'SchemaService', 'ListSchemas', (request) => {
    const { schemas } = service.broker;
    const { items, nextPageToken } = page(ofProject(request.parent ?? '', schemas.all), request);
    const view = request.view === 'FULL' ? 'FULL' : 'BASIC';
    return { schemas: items.map(({ name }) => viewed(schemas.revision(name), view)), nextPageToken };
  });
