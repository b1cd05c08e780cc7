export { type Backoff, type RetryTools, retrying, waitBefore } from './backoff.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  type EndpointVariable,
  type Environment,
  endpointVariables,
  spareMetadata,
  storageWriteEndpoint,
  type WriteEndpoint,
} from './endpoints.ts';
export {
  ConflictError,
  codeOf,
  DefectError,
  type ErrorFields,
  InputError,
  messageOf,
  OrderlakeError,
  SetupError,
  TransientError,
} from './errors.ts';
export { gunzipped, headed } from './gunzipped.ts';
export { createLogger, type Logger, type LogOptions } from './log.ts';
export { isLoopbackHost } from './loopback-host.ts';
export { nearest } from './nearest.ts';
export { isRunning, markOf, type ProcessMark, type ProcessStat, processStat } from './process-stat.ts';
export {
  flagName,
  type Given,
  number,
  type Origin,
  oneOf,
  type Resolved,
  resolveSettings,
  type Setting,
  type Settings,
  someOf,
  text,
  type ValuesOf,
} from './settings.ts';
