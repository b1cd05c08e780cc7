import protobuf from 'protobufjs';

/**
 * The part of Terraform's plugin protocol 5 that a provider of schemas needs. Field numbers are the protocol's;
 * messages without fields of interest are left empty, protobuf skips what it does not know.
 */
const definition = `
syntax = "proto3";
message Empty {}
message DynamicValue { bytes msgpack = 1; bytes json = 2; }
message Attribute {
  string name = 1; bytes type = 2; bool required = 4; bool optional = 5; bool computed = 6;
}
message NestedBlock {
  enum Nesting { INVALID = 0; SINGLE = 1; LIST = 2; SET = 3; }
  string type_name = 1; Block block = 2; Nesting nesting = 3; int64 min_items = 4; int64 max_items = 5;
}
message Block { int64 version = 1; repeated Attribute attributes = 2; repeated NestedBlock block_types = 3; }
message Schema { int64 version = 1; Block block = 2; }
message GetSchemaResponse { Schema provider = 1; map<string, Schema> resource_schemas = 2; }
message ConfigRequest { DynamicValue config = 1; }
message ConfigResponse { DynamicValue prepared_config = 1; }
message RawState { bytes json = 1; }
message UpgradeRequest { string type_name = 1; RawState raw_state = 3; }
message UpgradeResponse { DynamicValue upgraded_state = 1; }
message ReadRequest { DynamicValue current_state = 2; }
message ReadResponse { DynamicValue new_state = 1; }
message PlanRequest { string type_name = 1; DynamicValue prior_state = 2; DynamicValue proposed_new_state = 3; }
message PlanResponse { DynamicValue planned_state = 1; }
message ApplyRequest { string type_name = 1; DynamicValue planned_state = 3; }
message ApplyResponse { DynamicValue new_state = 1; }
`;

const { root } = protobuf.parse(definition, { keepCase: true });

export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

/** Each method by its name in the service, with the types of its request and response. */
export const methods = {
  GetSchema: ['Empty', 'GetSchemaResponse'],
  PrepareProviderConfig: ['ConfigRequest', 'ConfigResponse'],
  ValidateResourceTypeConfig: ['Empty', 'Empty'],
  Configure: ['Empty', 'Empty'],
  UpgradeResourceState: ['UpgradeRequest', 'UpgradeResponse'],
  ReadResource: ['ReadRequest', 'ReadResponse'],
  PlanResourceChange: ['PlanRequest', 'PlanResponse'],
  ApplyResourceChange: ['ApplyRequest', 'ApplyResponse'],
  Stop: ['Empty', 'Empty'],
} as const;

export type Method = keyof typeof methods;

export function encode(type: string, message: object): Buffer {
  const codec = root.lookupType(type);
  return Buffer.from(codec.encode(codec.fromObject(message)).finish());
}

export function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  return root.lookupType(type).decode(bytes) as unknown as Record<string, unknown>;
}
