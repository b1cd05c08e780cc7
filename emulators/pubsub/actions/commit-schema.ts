import type { SchemaMessage } from '../broker/settings.ts';
import { checkSchema } from '../validations/schema.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  name?: string;
  schema?: SchemaMessage;
}

export const commitSchema: Action = (service) =>
  rpc<Request, SchemaMessage>(service, 'SchemaService', 'CommitSchema', ({ name = '', schema = {} }) => {
    service.broker.schemas.schema(name);
    checkSchema({ ...schema, name }, { named: true });
    return service.broker.schemas.commit(name, schema);
  });
