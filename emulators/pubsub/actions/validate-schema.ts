import type { SchemaMessage } from '../broker/settings.ts';
import { checkSchema } from '../validations/schema.ts';
import { type Action, rpc } from './rpc.ts';

export const validateSchema: Action = (service) =>
  rpc<{ schema?: SchemaMessage }, object>(service, 'SchemaService', 'ValidateSchema', ({ schema = {} }) => {
    checkSchema(schema, { named: false });
    return {};
  });
