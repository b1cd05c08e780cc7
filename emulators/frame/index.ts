export type { Admin, Command, View } from './admin.ts';
export { type Clock, DrivenClock, SteppingClock, systemClock, type Timer } from './clock.ts';
export { claimDataFolder, type DataFolder, DataFolderInUseError } from './data-folder.ts';
export type { Emulator } from './emulator.ts';
export { type Connection, type Fault, Faults, type PlannedFault } from './faults.ts';
export {
  type ByteStream,
  type CallContext,
  type GrpcMethod,
  type MessageStream,
  streaming,
  unary,
} from './grpc-method.ts';
export { type GrpcOptions, type GrpcServer, startGrpc } from './grpc-server.ts';
export { connectionOf, type HttpAction, type HttpCall, httpActions } from './http-actions.ts';
export { type HttpAnswer, sendAnswer, sendJson } from './http-answer.ts';
export { readBody, readJson } from './http-body.ts';
export { type HttpOptions, type HttpServer, startHttp } from './http-server.ts';
export { nodeHttp } from './node-http.ts';
export {
  asServiceError,
  type Code,
  codes,
  invalid,
  restErrorBody,
  ServiceError,
  type ServiceErrorOptions,
  type StatusDetail,
  unimplemented,
} from './service-error.ts';
