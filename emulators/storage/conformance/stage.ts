import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { Storage } from '@google-cloud/storage';
import { plainly } from './plain-request.ts';
import type { Stage } from './scenario.ts';

/** A bucket that nobody else has, at the service that the client asks; `close` removes it and all in it. */
export async function openStage(client: Storage): Promise<Stage & { close(): Promise<void> }> {
  const [bucket] = await client.createBucket(`conformance-${randomUUID().slice(0, 13)}`);
  return {
    client,
    bucket,
    ask: async (path, init = {}) => {
      const url = `${client.apiEndpoint}${path.replaceAll('{bucket}', bucket.name)}`;
      return plainly(url, { ...init, headers: { ...(await authorization(client)), ...init.headers } });
    },
    close: async () => {
      await bucket.deleteFiles({ force: true, versions: true });
      await bucket.delete();
    },
  };
}

/** The client as it is; it retries as ever, but waits no longer than the one second it insists on. */
export function clientOf(origin: string): Storage {
  const client = new Storage({
    projectId: process.env.GOOGLE_CLOUD_PROJECT ?? 'any',
    apiEndpoint: origin,
    retryOptions: { maxRetryDelay: 1, totalTimeout: 10 },
    useAuthWithCustomEndpoint: !isLoopback(origin),
  });
  // STORAGE_EMULATOR_HOST outweighs the option, and whoever shares this process may have set it.
  client.baseUrl = `${origin}/storage/v1`;
  withoutLeakWarning(client);
  return client;
}

/**
 * The client hangs eleven listeners on the body of every download, one more than Node takes for a leak. They are all
 * gone with the body, so the warning (two for each download of a test run) says nothing.
 */
function withoutLeakWarning(client: Storage): void {
  const requestStream = client.requestStream.bind(client);
  client.requestStream = (options) =>
    requestStream(options).on('response', (response: { readonly body?: EventEmitter }) => {
      response.body?.setMaxListeners(20);
    });
}

async function authorization(client: Storage): Promise<Record<string, string>> {
  if (isLoopback(client.apiEndpoint)) return {};
  return { authorization: `Bearer ${String(await client.authClient.getAccessToken())}` };
}

export const isLoopback = (origin: string): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(origin).hostname);
