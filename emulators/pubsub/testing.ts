import { type Message, PubSub, type Subscription, v1 } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type PubSubEmulator, type PubSubOptions, startPubSub } from './index.ts';

export const project = 'projects/test';
export const topicName = `${project}/topics/events`;
export const subscriptionName = `${project}/subscriptions/reader`;

/** Google's own clients: the high-level one and the generated ones. */
export interface Clients {
  readonly pubsub: PubSub;
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  close(): Promise<void>;
}

export interface Bench extends Clients {
  readonly emulator: PubSubEmulator;
  /** Ends the clients and the emulator. */
  stop(): Promise<void>;
}

export function clientsOf(host: string): Clients {
  const [servicePath = '', port] = host.split(':');
  const endpoint = {
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    projectId: 'test',
  };
  const pubsub = new PubSub({ projectId: 'test', apiEndpoint: host, emulatorMode: true });
  const publisher = new v1.PublisherClient(endpoint);
  const subscriber = new v1.SubscriberClient(endpoint);
  return {
    pubsub,
    publisher,
    subscriber,
    close: async () => void (await Promise.all([pubsub.close(), publisher.close(), subscriber.close()])),
  };
}

export async function startBench(options: PubSubOptions = {}): Promise<Bench> {
  const emulator = await startPubSub(options);
  const clients = clientsOf(emulator.environment.PUBSUB_EMULATOR_HOST);
  return {
    ...clients,
    emulator,
    async stop() {
      await clients.close();
      await emulator.stop();
    },
  };
}

/** One emulator for all tests of a file, each of which finds it as if newly started. */
export function benchOfFile(options: PubSubOptions = {}): Bench {
  let started: Bench | undefined;
  beforeAll(async () => {
    started = await startBench(options);
  });
  afterEach(() => started?.emulator.reset());
  afterAll(() => started?.stop());
  const bench = (): Bench => {
    if (started === undefined) throw new Error('The emulator of a file is there within its tests only.');
    return started;
  };
  return {
    get pubsub() {
      return bench().pubsub;
    },
    get publisher() {
      return bench().publisher;
    },
    get subscriber() {
      return bench().subscriber;
    },
    get emulator() {
      return bench().emulator;
    },
    close: () => bench().close(),
    stop: () => bench().stop(),
  };
}

/** The topic and subscription of most scenarios. */
export async function withSubscription(clients: Clients, settings: object = {}): Promise<void> {
  await clients.publisher.createTopic({ name: topicName });
  await clients.subscriber.createSubscription({ name: subscriptionName, topic: topicName, ...settings });
}

export async function publish(clients: Clients, ...texts: string[]): Promise<string[]> {
  const messages = texts.map((text) => ({ data: Buffer.from(text) }));
  const [{ messageIds }] = await clients.publisher.publish({ topic: topicName, messages });
  return messageIds ?? [];
}

export interface Pulled {
  readonly text: string;
  readonly ackId: string;
  readonly attempt: number;
}

export async function pull(
  clients: Clients,
  maxMessages = 100,
  subscription = subscriptionName,
): Promise<Pulled[]> {
  const [{ receivedMessages }] = await clients.subscriber.pull({
    subscription,
    maxMessages,
    returnImmediately: true,
  });
  return (receivedMessages ?? []).map(({ ackId, message, deliveryAttempt }) => ({
    text: Buffer.from(message?.data ?? '').toString(),
    ackId: ackId ?? '',
    attempt: deliveryAttempt ?? 0,
  }));
}

/** Receives until the condition holds; what the handler does with a message is up to the scenario. */
export function receive(
  subscription: Subscription,
  until: (got: Message[]) => boolean,
  handle: (m: Message) => void,
) {
  return new Promise<Message[]>((resolve, reject) => {
    const got: Message[] = [];
    subscription.on('error', reject);
    subscription.on('message', (message: Message) => {
      got.push(message);
      handle(message);
      if (until(got)) resolve(got);
    });
  });
}
