import protobuf from 'protobufjs/minimal.js';
import type { StatusDetail } from '../../frame/index.ts';

/** google.rpc.ErrorInfo, in which the service says id by id why an acknowledgement failed. */
export function errorInfo(
  reason: string,
  domain: string,
  metadata: Readonly<Record<string, string>>,
): StatusDetail {
  const writer = new protobuf.BufferWriter();
  writer.uint32(0x0a).string(reason).uint32(0x12).string(domain);
  for (const [key, value] of Object.entries(metadata)) {
    writer.uint32(0x1a).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim();
  }
  return { typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: writer.finish() };
}
