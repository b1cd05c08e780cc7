export { type BigQueryEmulator, type BigQueryOptions, startBigQuery } from './start.ts';
