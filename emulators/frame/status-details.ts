import protobuf from 'protobufjs/minimal.js';
import { codes, type ServiceError } from './service-error.ts';

/** The google.rpc.Status of an error, encoded: clients read error reasons and metadata from its details. */
export function statusDetails(error: ServiceError): Buffer {
  const writer = new protobuf.BufferWriter();
  writer.uint32(0x08).int32(codes[error.code].number).uint32(0x12).string(error.message);
  for (const detail of error.details) {
    writer.uint32(0x1a).fork();
    writer.uint32(0x0a).string(detail.typeUrl).uint32(0x12).bytes(detail.value);
    writer.ldelim();
  }
  return Buffer.from(writer.finish());
}
