import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connection, Faults } from './faults.ts';
import { type HttpAnswer, sendAnswer } from './http-answer.ts';
import { readBody, readJson } from './http-body.ts';
import { ServiceError } from './service-error.ts';

export interface HttpCall {
  readonly request: IncomingMessage;
  readonly url: URL;
  /** The decoded `{name}` parts of the action's path. */
  readonly path: Readonly<Record<string, string>>;
  body(limitBytes?: number): Promise<Buffer>;
  json(limitBytes?: number): Promise<unknown>;
}

/**
 * One method of a REST API. It returns its answer instead of sending it, so that a planned fault can let the work
 * land and still spoil the answer.
 */
export interface HttpAction {
  /** Its name in the API's discovery document, `storage.objects.insert`: what faults are planned by. */
  readonly name: string;
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** `/storage/v1/b/{bucket}/o/{object}`; `{object+}` takes the rest of the path with its slashes. */
  readonly path: string;
  handle(call: HttpCall): Promise<HttpAnswer> | HttpAnswer;
}

const defaultLimit = 32 * 1024 * 1024;

/** The `handle` of `startHttp` for a table of actions. The first that fits answers; no fit is 501 with its name. */
export function httpActions(actions: readonly HttpAction[], faults: Faults) {
  const routes = actions.map((action) => ({ action, pattern: pathPattern(action.path) }));
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    for (const { action, pattern } of routes) {
      const match = action.verb === request.method ? pattern.exec(url.pathname) : null;
      if (match === null) continue;
      const call = callOf(request, url, decodeParts(match.groups ?? {}));
      const answer = await faults.around(action.name, connectionOf(request), () => action.handle(call));
      return sendAnswer(response, answer);
    }
    throw new ServiceError(
      'UNIMPLEMENTED',
      `${request.method} ${url.pathname} is not implemented by this emulator.`,
      {
        reason: 'notImplemented',
      },
    );
  };
}

export function connectionOf(request: IncomingMessage): Connection {
  return {
    drop: () => request.socket.destroy(),
    onClosed: (listener) => void request.socket.once('close', listener),
  };
}

function callOf(request: IncomingMessage, url: URL, path: Record<string, string>): HttpCall {
  return {
    request,
    url,
    path,
    body: (limitBytes = defaultLimit) => readBody(request, limitBytes),
    json: (limitBytes = defaultLimit) => readJson(request, limitBytes),
  };
}

function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\{\w+\+?\})/)
    .map((part) => {
      const name = /^\{(\w+)(\+?)\}$/.exec(part);
      if (name === null) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return name[2] === '+' ? `(?<${name[1]}>.+)` : `(?<${name[1]}>[^/]+)`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}

function decodeParts(groups: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    throw new ServiceError('INVALID_ARGUMENT', 'Expected a path of well-formed percent encoding.');
  }
}
