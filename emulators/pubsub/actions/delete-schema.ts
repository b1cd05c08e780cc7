import { type Action, rpc } from './rpc.ts';

/** Topics that use it show `_deleted-schema_`, and publishing to them is refused until they name another. */
export const deleteSchema: Action = (service) =>
  rpc<{ name?: string }, object>(service, 'SchemaService', 'DeleteSchema', ({ name }) => {
    service.broker.deleteSchema(name ?? '');
    return {};
  });
