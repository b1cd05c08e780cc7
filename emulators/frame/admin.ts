import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Faults, parsePlannedFault } from './faults.ts';
import { sendJson } from './http-answer.ts';
import { readJson } from './http-body.ts';
import { ServiceError } from './service-error.ts';

/** Reads something of the emulator's state for people and tests; the answer is sent as JSON. */
export type View = (parameters: URLSearchParams) => unknown;

export interface Admin {
  readonly name: string;
  readonly faults: Faults;
  readonly views?: Readonly<Record<string, View>>;
  /** `POST /_emulator/NAME` with a JSON body; the answer is sent as JSON. */
  readonly commands?: Readonly<Record<string, Command>>;
}

/** Changes something of the emulator. The body is what the caller sent, unchecked. */
export type Command = (body: Readonly<Record<string, unknown>>) => unknown;

// No bucket, project or resource name of a served API can begin with an underscore.
const prefix = '/_emulator';

/**
 * GET /_emulator → name, views, planned faults · POST, DELETE /_emulator/faults · POST /_emulator/pause, resume ·
 * POST /_emulator/COMMAND · GET /_emulator/VIEW?parameters. Returns false where the path is not one of its own.
 */
export async function answerAdmin(
  admin: Admin,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  if (url.pathname !== prefix && !url.pathname.startsWith(`${prefix}/`)) return false;
  const what = url.pathname.slice(prefix.length + 1);
  const key = `${request.method} ${what}`;
  if (key === 'POST faults') {
    const { method, times, fault } = parsePlannedFault(await readJson(request, 64 * 1024));
    admin.faults.next(method, times, fault);
    sendJson(response, 200, { faults: admin.faults.planned });
  } else if (key === 'DELETE faults') {
    admin.faults.reset();
    sendJson(response, 200, { faults: [] });
  } else if (request.method === 'POST' && Object.hasOwn(admin.commands ?? {}, what)) {
    const body = await readJson(request, 64 * 1024);
    sendJson(response, 200, (await admin.commands?.[what]?.(body as Record<string, unknown>)) ?? {});
  } else if (key === 'POST pause' || key === 'POST resume') {
    // Behind the commands: an emulator with open streams has more to pause than calls.
    if (what === 'pause') admin.faults.pause();
    else admin.faults.resume();
    sendJson(response, 200, { paused: admin.faults.paused });
  } else if (key === 'GET ' || key === 'GET faults') {
    const views = Object.keys(admin.views ?? {});
    sendJson(response, 200, {
      name: admin.name,
      views,
      faults: admin.faults.planned,
      hanging: admin.faults.hanging,
      paused: admin.faults.paused,
      commands: Object.keys(admin.commands ?? {}),
    });
  } else {
    const view =
      request.method === 'GET' && Object.hasOwn(admin.views ?? {}, what) ? admin.views?.[what] : undefined;
    if (view === undefined) throw new ServiceError('NOT_FOUND', `${key} is not served under ${prefix}.`);
    sendJson(response, 200, await view(url.searchParams));
  }
  return true;
}
