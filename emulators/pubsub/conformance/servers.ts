import { setTimeout as sleep } from 'node:timers/promises';
import { v1 } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import { DrivenClock } from '../../frame/index.ts';
import { startPubSub } from '../start.ts';
import type { Clients, Server } from './world.ts';

export interface OpenServer extends Server {
  close(): Promise<void>;
}

/** @param host `127.0.0.1:8085`, or `pubsub.googleapis.com` for the service itself, with your credentials */
export function remoteServer(host: string, project: string): OpenServer {
  const clients = clientsOf(host, project);
  return {
    ...clients,
    project: `projects/${project}`,
    patienceMs: 10_000,
    passTime: (milliseconds) => sleep(milliseconds),
    close: () => closeAll(clients),
  };
}

/** Our own, with a clock that passes when the scenario says so. */
export async function ownServer(): Promise<OpenServer> {
  // From the real time: some scenarios seek to a moment by this machine's clock.
  const clock = new DrivenClock(Date.now());
  const emulator = await startPubSub({ clock });
  const clients = clientsOf(emulator.environment.PUBSUB_EMULATOR_HOST, 'conformance');
  return {
    ...clients,
    project: 'projects/conformance',
    patienceMs: 2_000,
    async passTime(milliseconds) {
      clock.advance(milliseconds);
    },
    async close() {
      await closeAll(clients);
      await emulator.stop();
    },
  };
}

function clientsOf(host: string, projectId: string): Clients {
  const [servicePath = '', port] = host.split(':');
  const isService = servicePath.endsWith('.googleapis.com');
  const options = {
    servicePath,
    projectId,
    port: Number(port ?? 443),
    ...(isService ? {} : { sslCreds: credentials.createInsecure() }),
  };
  return {
    publisher: new v1.PublisherClient(options),
    subscriber: new v1.SubscriberClient(options),
    schemas: new v1.SchemaServiceClient(options),
  };
}

async function closeAll({ publisher, subscriber, schemas }: Clients): Promise<void> {
  await Promise.all([publisher.close(), subscriber.close(), schemas.close()]);
}
