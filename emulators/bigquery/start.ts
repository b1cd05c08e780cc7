import { join } from 'node:path';
import {
  type Clock,
  claimDataFolder,
  type Emulator,
  Faults,
  httpActions,
  startGrpc,
  startHttp,
  systemClock,
} from '../frame/index.ts';
import { Database } from './engine/database.ts';
import { Engine } from './engine/engine.ts';
import { Expiry } from './engine/expiry.ts';
import { Metadata } from './engine/metadata.ts';
import { Staging } from './engine/staging.ts';
import { JobStore } from './jobs/job-store.ts';
import { Objects } from './jobs/objects.ts';
import { methods } from './rest/actions/index.ts';
import { uploads } from './rest/actions/uploads.ts';
import { type Api, actionsOf } from './rest/api.ts';
import { writeServices } from './write/services.ts';
import { RowInflow } from './write/table-inflow.ts';
import { WriteStreams } from './write/write-streams.ts';

export interface BigQueryOptions {
  /** Without it everything is in memory and gone at stop. */
  readonly dataDirectory?: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly writePort?: number;
  readonly clock?: Clock;
  /** Where gs:// leads, as STORAGE_EMULATOR_HOST says it; without it that variable as it is when a job runs. */
  readonly storageHost?: string | (() => string | undefined);
  /** As DuckDB reads it: `512MB`. */
  readonly memoryLimit?: string;
}
export interface BigQueryEmulator extends Emulator {
  readonly environment: {
    readonly BIGQUERY_EMULATOR_HOST: string;
    readonly BIGQUERY_STORAGE_WRITE_HOST: string;
  };
}

export async function startBigQuery(options: BigQueryOptions = {}): Promise<BigQueryEmulator> {
  const clock = options.clock ?? systemClock;
  const folder = options.dataDirectory === undefined ? undefined : claimDataFolder(options.dataDirectory);
  const staging = Staging.open(folder?.path);
  const database = await Database.open({
    memoryLimit: options.memoryLimit ?? '1GB',
    staging: staging.folder,
    ...(folder && { file: join(folder.path, 'bigquery.duckdb') }),
  });
  const metadata = await database.read((connection) => Metadata.load(connection));
  const engine = new Engine(database, metadata, clock);
  const inflow = await RowInflow.open(engine, folder && join(folder.path, 'appended-rows.journal'));
  engine.inflow = inflow;
  const streams = await WriteStreams.open(engine, inflow);
  const faults = new Faults(clock);
  const { storageHost } = options;
  const objects = new Objects(
    () =>
      (typeof storageHost === 'function' ? storageHost() : storageHost) ?? process.env.STORAGE_EMULATOR_HOST,
  );
  const jobStore = new JobStore(engine, { staging, objects });
  const api: Api = {
    engine,
    expiry: new Expiry(engine),
    jobs: jobStore,
    staging,
    objects,
    base: () => `${http.origin}/bigquery/v2`,
  };
  const http = await startHttp({
    name: 'bigquery',
    port: options.port ?? 0,
    admin: { name: 'bigquery', faults },
    handle: httpActions([...uploads(api), ...actionsOf(api, methods)], faults),
  });
  const grpc = await startGrpc({
    name: 'bigquery-storage-write',
    port: options.writePort ?? 0,
    faults,
    services: writeServices({ engine, inflow, streams }),
  });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    faults.reset();
    await Promise.all([http.stop(), grpc.stop()]);
    await jobStore.settled();
    await inflow.close();
    streams.close();
    await database.close();
    staging.close();
    folder?.release();
  };
  return {
    name: 'bigquery',
    faults,
    environment: {
      BIGQUERY_EMULATOR_HOST: `${http.origin}/bigquery/v2`,
      BIGQUERY_STORAGE_WRITE_HOST: grpc.address,
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
