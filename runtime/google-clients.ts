/**
 * Makes every Google client of the product. Each is imported when it is first asked for: together they cost
 * 400 ms of start-up, and most commands need one or two.
 */
import type { BigQuery } from '@google-cloud/bigquery';
import type { v1 as storageV1 } from '@google-cloud/bigquery-storage';
import type { PubSub, v1 } from '@google-cloud/pubsub';
import type { Storage } from '@google-cloud/storage';
import { systemClock } from './clock.ts';
import { type Environment, storageWriteEndpoint } from './endpoints.ts';
import { messageOf, SetupError } from './errors.ts';

/** HTTP/2's default of 64 KB lets a response of some hundred messages wait for its reader several times on the way. */
const channel = { 'grpc-node.flow_control_window': 1 << 20 };

/** A connection that rows go over only now and then may be dropped on its way without a word. */
const keptAlive = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 10_000 };

const libraries = {
  pubsub: () => import('@google-cloud/pubsub'),
  bigquery: () => import('@google-cloud/bigquery'),
  storage: () => import('@google-cloud/storage'),
  // The library's face loads Arrow and three more versions of the service too: 9 MB and a sixth of a worker's start.
  storageWrite: () => import('@google-cloud/bigquery-storage/build/src/v1/big_query_write_client.js'),
};

const nowhere = '127.0.0.1:1';

/**
 * For a process that is to make clients as soon as it knows where their services are. Of the first call of a gRPC
 * client half is reading its services' definitions: one that is never used reads them before.
 */
export async function warmClients(...names: (keyof typeof libraries)[]): Promise<void> {
  const unused: Record<string, () => Promise<unknown>> = {
    pubsub: async () => (await subscriberClient('none', { PUBSUB_EMULATOR_HOST: nowhere })).initialize(),
    storageWrite: async () =>
      (await storageWriteClient('none', { BIGQUERY_STORAGE_WRITE_HOST: nowhere })).initialize(),
  };
  for (const name of names) await (unused[name] ?? libraries[name])();
}

export async function pubsubClient(project: string): Promise<PubSub> {
  const { PubSub } = await libraries.pubsub();
  return new PubSub({ projectId: project, ...channel });
}

/** The generated client below the library's own: it does nothing by itself. */
export async function subscriberClient(
  project: string,
  environment: Environment,
): Promise<v1.SubscriberClient> {
  const { v1 } = await libraries.pubsub();
  const host = environment.PUBSUB_EMULATOR_HOST;
  if (!host) return new v1.SubscriberClient({ projectId: project, ...channel });
  const { credentials } = await import('@grpc/grpc-js');
  const [apiEndpoint = '', port] = host.split(':');
  return new v1.SubscriberClient({
    ...channel,
    projectId: project,
    apiEndpoint,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  });
}

/**
 * Where nobody is signed in the Pub/Sub library ends the process, by a rejection that no caller sees: whoever begins with
 * it asks here first.
 */
export async function checkCredentials(client: PubSub, environment: Environment): Promise<void> {
  if (environment.PUBSUB_EMULATOR_HOST) return;
  try {
    await client.auth.getClient();
  } catch (error) {
    throw new SetupError('there are no credentials for Google Cloud', {
      got: messageOf(error),
      action:
        'Run `gcloud auth application-default login`, or name a key file in GOOGLE_APPLICATION_CREDENTIALS; for emulators run `orderlake emulators` and set what it prints',
      cause: error,
    });
  }
}

const tokenPatienceMillis = 15_000;

/**
 * Asks for what every call needs. Without a network each of them would find that out by itself, which takes a minute,
 * and tell it once for each resource.
 */
export async function checkAccess(client: PubSub, environment: Environment): Promise<void> {
  if (environment.PUBSUB_EMULATOR_HOST) return;
  await checkCredentials(client, environment);
  const answered = new AbortController();
  const late = systemClock.sleep(tokenPatienceMillis, answered.signal).then(() => {
    if (!answered.signal.aborted) throw new Error(`no answer within ${tokenPatienceMillis / 1_000} s`);
  });
  try {
    await Promise.race([client.auth.getAccessToken(), late]);
  } catch (error) {
    throw new SetupError('Google Cloud gives no access token', {
      got: messageOf(error),
      action:
        'Look whether this machine reaches oauth2.googleapis.com (a proxy is named in HTTPS_PROXY), and whether the credentials still hold: `gcloud auth application-default print-access-token`',
      cause: error,
    });
  } finally {
    answered.abort();
  }
}

export async function bigqueryClient(project: string): Promise<BigQuery> {
  const { BigQuery } = await libraries.bigquery();
  return new BigQuery({ projectId: project });
}

export async function storageClient(project: string): Promise<Storage> {
  const { Storage } = await libraries.storage();
  return new Storage({
    projectId: project,
    // The client's own patience is ten minutes; ours is what remains of a shutdown. Whoever called retries.
    timeout: 8_000,
    retryOptions: { totalTimeout: 8 },
  });
}

/**
 * The generated client, without the managed writer around it. The one without a variable of its own: see
 * BIGQUERY_STORAGE_WRITE_HOST.
 */
export async function storageWriteClient(
  project: string,
  environment: Environment,
): Promise<storageV1.BigQueryWriteClient> {
  const { BigQueryWriteClient } = await libraries.storageWrite();
  const endpoint = storageWriteEndpoint(environment);
  if (!endpoint) return new BigQueryWriteClient({ projectId: project, ...keptAlive });
  const { credentials } = await import('@grpc/grpc-js');
  return new BigQueryWriteClient({
    ...keptAlive,
    projectId: project,
    apiEndpoint: endpoint.host,
    port: endpoint.port,
    sslCreds: credentials.createInsecure(),
  });
}
