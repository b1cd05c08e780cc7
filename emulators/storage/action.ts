import type { IncomingMessage } from 'node:http';
import type { Clock } from '../frame/clock.ts';
import type { HttpAnswer } from '../frame/http-answer.ts';
import { unimplemented } from '../frame/service-error.ts';
import type { Backend } from './backends/backend.ts';
import type { Catalog } from './catalog.ts';
import { invalidArgument } from './errors.ts';
import type { Incoming } from './incoming.ts';
import type { Sessions } from './sessions.ts';

/** What the actions work on. */
export interface Service {
  readonly catalog: Catalog;
  readonly backend: Backend;
  readonly sessions: Sessions;
  /** Somewhere to put the bytes of an upload. */
  readonly incoming: () => Incoming;
  readonly clock: Clock;
  /** `http://127.0.0.1:PORT`, for the links in resources. */
  readonly origin: () => string;
}

export type ParameterKind = 'string' | 'int64' | 'boolean';
export type ParameterTable = Readonly<Record<string, ParameterKind>>;

type Value<K extends ParameterKind> = K extends 'boolean' ? boolean : K extends 'int64' ? number : string;
export type Parameters<P extends ParameterTable> = { readonly [N in keyof P]?: Value<P[N]> };

export interface Call<P extends ParameterTable = ParameterTable> {
  readonly request: IncomingMessage;
  /** The decoded parts of the path. */
  readonly path: { readonly bucket: string; readonly object: string } & Readonly<Record<string, string>>;
  readonly query: Parameters<P>;
  json(): Promise<unknown>;
}

/** One method of the JSON or the XML API: where it is, which parameters it takes, what it does. */
export interface Action {
  /** Its id in the API's discovery document: faults are planned by it. */
  readonly name: string;
  readonly verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Behind the root of the API; with a leading `/upload` or `/download`, another root. */
  readonly path: string;
  readonly parameters: ParameterTable;
  handle(call: Call, service: Service): Promise<HttpAnswer> | HttpAnswer;
}

/** Lets a handler see its parameters with the types of its own table. */
export function defineAction<const P extends ParameterTable>(action: {
  name: string;
  verb: Action['verb'];
  path: string;
  parameters: P;
  handle(call: Call<P>, service: Service): Promise<HttpAnswer> | HttpAnswer;
}): Action {
  return { ...action, handle: (call, service) => action.handle(call as Call<P>, service) };
}

/**
 * Parameters that any method takes and that change nothing here: who pays, how the JSON is laid out, and which access
 * lists are shown (there are none).
 */
const standard: ReadonlySet<string> = new Set([
  'alt',
  'key',
  'prettyPrint',
  'projection',
  'quotaUser',
  'userProject',
]);

/** Reads the query by the action's table. What is in no table is refused by name: ignoring it would be a lie. */
export function readParameters(
  action: string,
  table: ParameterTable,
  query: URLSearchParams,
): Parameters<ParameterTable> {
  const values: Record<string, string | number | boolean> = {};
  for (const [name, text] of query) {
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (kind !== undefined) values[name] = readValue(name, kind, text);
    else if (!standard.has(name)) throw unimplemented(`The parameter ${name} of ${action}`);
  }
  return values;
}

function readValue(name: string, kind: ParameterKind, text: string): string | number | boolean {
  if (kind === 'string') return text;
  if (kind === 'boolean') {
    if (text !== 'true' && text !== 'false')
      throw invalidArgument(`Invalid boolean value: '${text}' for ${name}.`);
    return text === 'true';
  }
  const value = Number(text);
  // Larger numbers than JavaScript's are no generation that this emulator ever gave out, but must not be rounded to one.
  if (!/^\d{1,19}$/.test(text))
    throw invalidArgument(`Invalid unsigned integer value: '${text}' for ${name}.`);
  return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER;
}
