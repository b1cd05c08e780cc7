/** Moves events: source → steps → sinks. The Google clients are handed in, so importing this costs little. */
export { type HealthPage, serveHealth } from './health/page.ts';
export { tellTelemetry } from './health/telemetry.ts';
export { Latencies } from './latency.ts';
export type { LaneFigures } from './meter.ts';
export type { Refused, Sink } from './sink.ts';
export { type LakeTableName, lakeTables, tableIdOf } from './sinks/iceberg.ts';
export type { Delivery, Source } from './source.ts';
export { type MessageFile, messageFiles } from './sources/files/files.ts';
export { FileSource } from './sources/files/source.ts';
export { type PubSubSourceOptions, pubsubSource } from './sources/pubsub.ts';
export { RawSource } from './sources/raw/source.ts';
export { type SinkName, startWorker, type WorkerOptions, type WorkerTools } from './start-worker.ts';
export type { Routed } from './steps/route.ts';
export { Worker } from './worker.ts';
