import { type Message, PubSub, type Subscription, v1 } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import { type PubSubEmulator, type PubSubOptions, startPubSub } from './index.ts';

export const project = 'projects/test';
export const topicName = `${project}/topics/events`;
export const subscriptionName = `${project}/subscriptions/reader`;

/** An emulator with Google's own clients on it: the high-level one and the generated ones. */
export interface Bench {
  readonly emulator: PubSubEmulator;
  readonly pubsub: PubSub;
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  stop(): Promise<void>;
}

export async function startBench(options: PubSubOptions = {}): Promise<Bench> {
  const emulator = await startPubSub(options);
  const { PUBSUB_EMULATOR_HOST } = emulator.environment;
  const [servicePath, port] = PUBSUB_EMULATOR_HOST.split(':');
  const endpoint = {
    servicePath: servicePath ?? '',
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  };
  const pubsub = new PubSub({ projectId: 'test', apiEndpoint: PUBSUB_EMULATOR_HOST, emulatorMode: true });
  const publisher = new v1.PublisherClient({ ...endpoint, projectId: 'test' });
  const subscriber = new v1.SubscriberClient({ ...endpoint, projectId: 'test' });
  return {
    emulator,
    pubsub,
    publisher,
    subscriber,
    async stop() {
      await Promise.all([pubsub.close(), publisher.close(), subscriber.close()]);
      await emulator.stop();
    },
  };
}

/** The topic and subscription of most scenarios. */
export async function withSubscription(bench: Bench, settings: object = {}): Promise<void> {
  await bench.publisher.createTopic({ name: topicName });
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName, ...settings });
}

export async function publish(bench: Bench, ...texts: string[]): Promise<string[]> {
  const messages = texts.map((text) => ({ data: Buffer.from(text) }));
  const [{ messageIds }] = await bench.publisher.publish({ topic: topicName, messages });
  return messageIds ?? [];
}

export interface Pulled {
  readonly text: string;
  readonly ackId: string;
  readonly attempt: number;
}

export async function pull(
  bench: Bench,
  maxMessages = 100,
  subscription = subscriptionName,
): Promise<Pulled[]> {
  const [{ receivedMessages }] = await bench.subscriber.pull({
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
