import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v1 } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError } from '../runtime/index.ts';
import { startEmulators } from './start-emulators.ts';

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'orderlake-data-'));
});
afterEach(() => rmSync(dataDirectory, { recursive: true }));

test('emulators on a folder that others are in end as a whole: the one that could start is stopped too', async () => {
  const first = await startEmulators({ only: ['storage'], dataDirectory });
  const second = startEmulators({ only: ['pubsub', 'storage'], dataDirectory });
  await expect(second).rejects.toThrow(ConflictError);
  await first.stop();
  // Had the second left its Pub/Sub running, this would be refused.
  const third = await startEmulators({ only: ['pubsub', 'storage'], dataDirectory });
  await third.stop();
});

test('beyond the bound of its backlog Pub/Sub refuses more', async () => {
  const emulators = await startEmulators({ only: ['pubsub'], maxBacklogBytes: 3_000 });
  const [servicePath = '', port] = (emulators.environment.PUBSUB_EMULATOR_HOST ?? '').split(':');
  const options = { servicePath, port: Number(port), sslCreds: credentials.createInsecure(), projectId: 'p' };
  const clients = [new v1.PublisherClient(options), new v1.SubscriberClient(options)] as const;
  const [publisher, subscriber] = clients;
  const topic = 'projects/p/topics/events';
  await publisher.createTopic({ name: topic });
  await subscriber.createSubscription({ name: 'projects/p/subscriptions/reader', topic });
  const publish = () =>
    publisher.publish(
      { topic, messages: [{ data: Buffer.alloc(2_000) }] },
      { timeout: 5_000, retry: { retryCodes: [] } as never },
    );
  await publish();
  await expect(publish()).rejects.toMatchObject({ code: 8 });
  for (const client of clients) await client.close();
  await emulators.stop();
});
