import { join } from 'node:path';
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { decodeMessagePack } from './msgpack.ts';
import { type DynamicValue, decode, encode, type Method, methods } from './protocol.ts';
import { folderOf, providerSource } from './provider-source.ts';
import { type Attribute, type Block, schemaOf } from './schema.ts';

export interface SchemaProvider {
  /** What Terraform needs in its environment to use this instead of the real provider. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/**
 * A Terraform provider that knows what every resource looks like and makes none: enough for Terraform itself to
 * find unknown arguments, wrong types, missing requirements, dangling references and cycles without a cloud and
 * without the real provider's 100 MB. It knows no enums, no conflicts and no rule of any API.
 */
export async function startSchemaProvider(
  resourceTypes: Iterable<string>,
  folder: string,
): Promise<SchemaProvider> {
  const schemas = new Map<string, Block>();
  for (const type of resourceTypes) schemas.set(type, schemaOf(providerSource(folderOf(type))));
  const answers = answersFrom(schemaOf(providerSource('provider')), schemas);

  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const service = Object.entries(methods).map(([name, [request, response]]) => [
    name,
    {
      path: `/tfplugin5.Provider/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (message: object) => encode(request, message),
      requestDeserialize: (bytes: Buffer) => decode(request, bytes),
      responseSerialize: (message: object) => encode(response, message),
      responseDeserialize: (bytes: Buffer) => decode(response, bytes),
    },
  ]);
  const handlers = Object.entries(answers).map(([name, answer]) => [
    name,
    ((call, reply) => reply(null, answer(call.request))) satisfies handleUnaryCall<
      Record<string, unknown>,
      object
    >,
  ]);
  server.addService(Object.fromEntries(service), Object.fromEntries(handlers));
  const socket = join(folder, 'provider.sock');
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return { environment: { TF_REATTACH_PROVIDERS: reattach(socket) }, stop: () => server.forceShutdown() };
}

function reattach(socket: string): string {
  return JSON.stringify({
    'registry.terraform.io/hashicorp/google': {
      Protocol: 'grpc',
      ProtocolVersion: 5,
      Pid: process.pid,
      // Terraform must leave this process alive when it has finished.
      Test: true,
      Addr: { Network: 'unix', String: socket },
    },
  });
}

type Answers = Readonly<Record<Method, (request: Record<string, unknown>) => object>>;

function answersFrom(provider: Block, schemas: ReadonlyMap<string, Block>): Answers {
  const resourceSchemas = [...schemas].map(([type, block]) => [type, { block: wire(block) }]);
  return {
    GetSchema: () => ({
      provider: { block: wire(provider) },
      resource_schemas: Object.fromEntries(resourceSchemas),
    }),
    PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
    ValidateResourceTypeConfig: () => ({}),
    Configure: () => ({}),
    UpgradeResourceState: ({ raw_state }) => ({
      upgraded_state: { json: (raw_state as { json: Uint8Array }).json },
    }),
    ReadResource: ({ current_state }) => ({ new_state: current_state }),
    PlanResourceChange: ({ type_name, proposed_new_state }) => ({
      planned_state: planned(String(type_name), proposed_new_state as DynamicValue, schemas),
    }),
    ApplyResourceChange: ({ planned_state }) => ({ new_state: planned_state }),
    Stop: () => ({}),
  };
}

/**
 * What the cloud would compute is made up here, at planning already: then a reference to it has a value and
 * what is planned from it can be looked at.
 */
function planned(type: string, proposed: DynamicValue, schemas: ReadonlyMap<string, Block>): DynamicValue {
  const state = decodeMessagePack(proposed.msgpack ?? new Uint8Array([0xc0]));
  if (state === null) return proposed;
  const values = state as Record<string, unknown>;
  const name = ['name', 'job_id', 'table_id', 'dataset_id', 'account_id', 'service']
    .map((key) => values[key])
    .find(Boolean);
  const madeUp = (schemas.get(type)?.attributes ?? [])
    .filter((attribute) => isComputedText(attribute) && values[attribute.name] === null)
    .map(({ name: attribute }) => [attribute, `${type}/${name ?? 'one'}/${attribute}`]);
  return { json: Buffer.from(JSON.stringify({ ...values, ...Object.fromEntries(madeUp) })) };
}

function isComputedText({ computed, type }: Attribute): boolean {
  return computed && type === 'string';
}

function wire(block: Block): object {
  return {
    attributes: block.attributes.map(({ type, ...marks }) => ({
      ...marks,
      type: Buffer.from(JSON.stringify(type)),
    })),
    block_types: block.blocks.map((nested) => ({
      type_name: nested.name,
      block: wire(nested.block),
      nesting: nested.nesting.toUpperCase(),
      min_items: nested.minimum,
      max_items: nested.maximum,
    })),
  };
}
