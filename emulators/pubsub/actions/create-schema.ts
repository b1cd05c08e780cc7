import type { SchemaMessage } from '../broker/settings.ts';
import { checkSchema } from '../validations/schema.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  parent?: string;
  schema?: SchemaMessage;
  schemaId?: string;
}

export const createSchema: Action = (service) =>
  rpc<Request, SchemaMessage>(service, 'SchemaService', 'CreateSchema', ({ parent, schema, schemaId }) => {
    const message = { ...schema, name: `${parent ?? ''}/schemas/${schemaId ?? ''}` };
    checkSchema(message, { named: true });
    return service.broker.schemas.create(message);
  });
