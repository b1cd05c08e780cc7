import { type Clock, SteppingClock } from '../frame/clock.ts';
import type { Emulator } from '../frame/emulator.ts';
import { Faults } from '../frame/faults.ts';
import { type HttpAction, type HttpCall, httpActions } from '../frame/http-actions.ts';
import type { HttpAnswer } from '../frame/http-answer.ts';
import { startHttp } from '../frame/http-server.ts';
import { ServiceError, unimplemented } from '../frame/service-error.ts';
import { type Action, type Call, readParameters, type Service } from './action.ts';
import { actions } from './actions/index.ts';
import { commandsOf, reset, viewsOf } from './admin.ts';
import { FileBackend } from './backends/files.ts';
import { MemoryBackend } from './backends/memory.ts';
import { Catalog } from './catalog.ts';
import { Hasher } from './hasher.ts';
import { Incoming } from './incoming.ts';
import { Md5Background } from './md5-background.ts';
import { partialResponse } from './partial.ts';
import { Sessions } from './sessions.ts';
import { xmlActions } from './xml/actions.ts';
import { xmlErrorAnswer } from './xml/errors.ts';

export interface StorageOptions {
  /** Buckets and objects live here and outlive the process; without it they live in memory. */
  readonly dataDirectory?: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** Where none is given, the system's, which `POST /_emulator/clock` may push forward. */
  readonly clock?: Clock;
}

export interface StorageEmulator extends Emulator {
  readonly environment: { readonly STORAGE_EMULATOR_HOST: string };
  /** From now on requests wait, until `resume`. */
  pause(): void;
  resume(): void;
  /** As if newly started on an empty folder: no bucket, no upload under way, no planned fault. */
  reset(): Promise<void>;
}

export async function startStorage(options: StorageOptions = {}): Promise<StorageEmulator> {
  const clock = options.clock ?? new SteppingClock();
  const faults = new Faults(clock);
  const md5 = new Md5Background();
  const backend =
    options.dataDirectory === undefined ? new MemoryBackend() : new FileBackend(options.dataDirectory);
  try {
    const catalog = new Catalog(backend, clock);
    const sessions = new Sessions(backend, catalog, md5);
    await sessions.restore();
    const parts = { catalog, sessions, faults, clock };
    let origin = '';
    const incoming = () => new Incoming(backend.draft(), new Hasher(md5));
    const service: Service = { catalog, backend, sessions, incoming, clock, origin: () => origin };
    const http = await startHttp({
      name: 'storage',
      port: options.port ?? 0,
      admin: { name: 'storage', faults, views: viewsOf(parts, () => origin), commands: commandsOf(parts) },
      handle: httpActions(
        [
          ...actions.flatMap((action) => onTheWire(action, service)),
          ...xmlActions.map((action) => ({
            ...action,
            handle: (call: HttpCall) => answerXml(action, call, service),
          })),
        ],
        faults,
      ),
    });
    origin = http.origin;
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      faults.reset();
      await http.stop();
      await sessions.park();
      await md5.close();
      await backend.close();
    };
    return {
      name: 'storage',
      environment: { STORAGE_EMULATOR_HOST: http.origin },
      faults,
      pause: () => faults.pause(),
      resume: () => faults.resume(),
      reset: () => reset(parts),
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/**
 * The paths at which an action is served. With STORAGE_EMULATOR_HOST the Node client takes its value for the root of
 * the JSON API, so `/b/…` is asked for as well as `/storage/v1/b/…`; its uploads always go below `/upload/storage/v1`.
 */
function onTheWire(action: Action, service: Service): HttpAction[] {
  const [, prefix = '', path = ''] = /^(\/upload|\/download)?(\/.*)$/.exec(action.path) ?? [];
  const paths = prefix === '' ? [`/storage/v1${path}`, path] : [`${prefix}/storage/v1${path}`];
  return paths.map((path) => ({ ...action, path, handle: (call) => answer(action, call, service) }));
}

async function answer(action: Action, call: HttpCall, service: Service): Promise<HttpAnswer> {
  const { searchParams } = call.url;
  const fields = searchParams.get('fields');
  searchParams.delete('fields');
  try {
    const answered = await act(action, call, service);
    if (fields === null || answered.json === undefined) return answered;
    return { ...answered, json: partialResponse(answered.json, fields) };
  } catch (error) {
    // The service answers a failed download as text, and clients show that text to people as it is.
    if (searchParams.get('alt') !== 'media' || !(error instanceof ServiceError)) throw error;
    return {
      status: error.http,
      headers: { 'content-type': 'text/html; charset=UTF-8' },
      body: error.message,
    };
  }
}

const dotSegment = /^[^?]*\/(\.|%2e){1,2}(\/|\?|$)/i;

async function answerXml(action: Action, call: HttpCall, service: Service): Promise<HttpAnswer> {
  const { pathname } = call.url;
  // The JSON API's own roots: what is not served there must not be taken for an object that is missing.
  if (/^\/(storage\/v\d|upload|download|batch|b)\//.test(pathname)) {
    throw unimplemented(`${action.verb} ${pathname}`);
  }
  try {
    // URLs lose these on the way; what is left would be another object's name.
    if (dotSegment.test(call.request.url ?? '')) throw unimplemented('A path with . or .. for a part');
    return await act(action, call, service);
  } catch (error) {
    return xmlErrorAnswer(error);
  }
}

async function act(action: Action, call: HttpCall, service: Service): Promise<HttpAnswer> {
  for (const name of Object.keys(call.request.headers)) {
    if (/^x-goog-(copy-source-)?encryption-/.test(name)) throw unimplemented(`The header ${name}`);
  }
  const query = readParameters(action.name, action.parameters, call.url.searchParams);
  const { request, path, json } = call;
  return action.handle({ request, path: path as Call['path'], query, json }, service);
}
