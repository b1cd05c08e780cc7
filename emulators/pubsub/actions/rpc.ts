import { type CallContext, type GrpcMethod, unary } from '../../frame/index.ts';
import type { Broker } from '../broker/broker.ts';
import type { PubSubProtos } from '../wire/protos.ts';

/** What every action works on. */
export interface Service {
  readonly broker: Broker;
  readonly protos: PubSubProtos;
}

export type Action = (service: Service) => GrpcMethod;

export type PubSubService = 'Publisher' | 'Subscriber' | 'SchemaService';

/** A method that is called seldom: its messages are decoded whole. */
export function rpc<Request extends object, Response extends object>(
  { protos }: Service,
  name: PubSubService,
  method: string,
  handler: (request: Request, context: CallContext) => Response | Promise<Response>,
): GrpcMethod {
  const { request, response } = protos.method<Request, Response>(name, method);
  return unary({
    path: `/google.pubsub.v1.${name}/${method}`,
    requestDeserialize: request.decode,
    responseSerialize: response.encode,
    handler,
  });
}
