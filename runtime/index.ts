export { type Backoff, type RetryTools, retrying, waitBefore } from './backoff.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  type EndpointVariable,
  type Environment,
  endpointsAreLocal,
  endpointVariables,
  storageWriteEndpoint,
  type WriteEndpoint,
  workflowsEndpoint,
} from './endpoints.ts';
export {
  ConflictError,
  DefectError,
  type ErrorFields,
  InputError,
  messageOf,
  OrderlakeError,
  SetupError,
  TransientError,
} from './errors.ts';
export { createLogger, type Logger, type LogOptions } from './log.ts';
