import { invalid } from '../../frame/index.ts';
import type { SchemaMessage } from '../broker/settings.ts';
import { fits } from '../schema/registry.ts';
import { checkSchema } from '../validations/schema.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  name?: string;
  schema?: SchemaMessage;
  message?: Uint8Array;
  encoding?: string;
}

/** Against a schema that is stored, or one that the request brings. */
export const validateMessage: Action = (service) =>
  rpc<Request, object>(service, 'SchemaService', 'ValidateMessage', (request) => {
    const schema = request.name ? service.broker.schemas.revision(request.name) : (request.schema ?? {});
    if (!request.name) checkSchema(schema, { named: false });
    if (request.encoding !== 'JSON' && request.encoding !== 'BINARY') {
      throw invalid('Invalid encoding: expected JSON or BINARY.');
    }
    if (fits(schema, request.encoding, request.message ?? new Uint8Array())) return {};
    throw invalid('Invalid data in message: Message failed schema validation.');
  });
