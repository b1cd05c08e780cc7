import { type Clock, invalid, type MessageStream, type ServiceError, streaming } from '../../frame/index.ts';
import type { Broker } from '../broker/broker.ts';
import type { Consumer, Delivery } from '../broker/delivery.ts';
import type { Subscription } from '../broker/subscription.ts';
import { bounded } from '../validations/rules.ts';
import { decodeStreamingPull, type StreamingPullRequest } from '../wire/acknowledge.ts';
import type { Codec } from '../wire/protos.ts';
import { encodeReceived } from '../wire/received.ts';
import { ResponseMemory } from '../wire/response-memory.ts';
import { pullable } from './pullable.ts';
import type { Action } from './rpc.ts';
import { acknowledgeAll, modifyDeadlines } from './settle.ts';

type Stream = MessageStream<StreamingPullRequest, Uint8Array>;

/** All of a StreamingPullResponse but the messages, which are never decoded. */
interface Response {
  subscriptionProperties: { exactlyOnceDeliveryEnabled: boolean; messageOrderingEnabled: boolean };
  acknowledgeConfirmation?: {
    ackIds: readonly string[];
    invalidAckIds: readonly string[];
    unorderedAckIds: readonly string[];
  };
  modifyAckDeadlineConfirmation?: { ackIds: readonly string[]; invalidAckIds: readonly string[] };
}

export const streamingPull: Action = ({ broker, protos }) => {
  const responses = protos.codec<Response>('StreamingPullResponse');
  const memory = new ResponseMemory();
  return streaming<StreamingPullRequest, Uint8Array>({
    path: '/google.pubsub.v1.Subscriber/StreamingPull',
    requestDeserialize: decodeStreamingPull,
    responseSerialize: (bytes) => bytes,
    handler(stream) {
      let puller: Puller | undefined;
      stream.onRequest((request) => {
        if (puller === undefined) {
          puller = open(broker, stream, request, responses, memory);
        } else if (request.subscription !== '') {
          throw invalid('The subscription may be named in the first request of a stream only.');
        }
        puller.take(request);
      });
      stream.onRequestsEnded(() => stream.end());
      stream.onDrain(() => puller?.drained());
      stream.onClosed(() => puller?.close());
    },
  });
};

function open(
  broker: Broker,
  stream: Stream,
  request: StreamingPullRequest,
  responses: Codec<Response>,
  memory: ResponseMemory,
): Puller {
  const subscription = pullable(broker, request.subscription);
  bounded(request.streamAckDeadlineSeconds, 'stream_ack_deadline_seconds', 10, 600);
  return new Puller(subscription, stream, request, responses, broker.clock, memory);
}

/**
 * One open stream. It has room while it holds less than the client's limits (no limit: none above zero was asked for)
 * and while the connection takes what is written; the last message may go over the limit of bytes, or one larger than
 * the limit could never be delivered.
 */
class Puller implements Consumer {
  outstandingMessages = 0;
  outstandingBytes = 0;
  ackDeadlineMs: number;
  readonly #subscription: Subscription;
  readonly #stream: Stream;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #responses: Codec<Response>;
  readonly #clock: Clock;
  readonly #memory: ResponseMemory;
  #writable = true;

  constructor(
    subscription: Subscription,
    stream: Stream,
    request: StreamingPullRequest,
    responses: Codec<Response>,
    clock: Clock,
    memory: ResponseMemory,
  ) {
    this.#memory = memory;
    this.#responses = responses;
    this.#clock = clock;
    this.#subscription = subscription;
    this.#stream = stream;
    this.ackDeadlineMs = request.streamAckDeadlineSeconds * 1000;
    this.#maxMessages =
      request.maxOutstandingMessages > 0 ? request.maxOutstandingMessages : Number.POSITIVE_INFINITY;
    this.#maxBytes = request.maxOutstandingBytes > 0 ? request.maxOutstandingBytes : Number.POSITIVE_INFINITY;
    this.#tell({});
    subscription.attach(this);
  }

  roomMessages(): number {
    return this.#writable ? this.#maxMessages - this.outstandingMessages : 0;
  }

  roomBytes(): number {
    return this.#writable ? this.#maxBytes - this.outstandingBytes : 0;
  }

  deliver(batch: readonly Delivery[]): void {
    const bytes = encodeReceived(this.#subscription, batch, (size) => this.#memory.take(size));
    this.#writable = this.#stream.write(bytes, () => this.#memory.giveBack(bytes));
  }

  drained(): void {
    this.#writable = true;
    this.#subscription.pumpSoon();
  }

  take(request: StreamingPullRequest): void {
    if (request.streamAckDeadlineSeconds !== 0) {
      bounded(request.streamAckDeadlineSeconds, 'stream_ack_deadline_seconds', 10, 600);
      this.ackDeadlineMs = request.streamAckDeadlineSeconds * 1000;
    }
    if (request.modifyIds.length !== request.modifySeconds.length) {
      throw invalid('modify_deadline_seconds and modify_deadline_ack_ids must have the same length.');
    }
    const acked = acknowledgeAll(this.#subscription, request.ackIds);
    for (const seconds of request.modifySeconds) bounded(seconds, 'modify_deadline_seconds', 0, 600);
    const modified = modifyDeadlines(
      this.#subscription,
      request.modifyIds,
      (i) => request.modifySeconds[i] ?? 0,
      this.#clock.now(),
    );
    if (!this.#subscription.settings.exactlyOnce) return;
    if (request.ackIds.length > 0) {
      const { done, invalid, unordered } = acked;
      this.#tell({
        acknowledgeConfirmation: { ackIds: done, invalidAckIds: invalid, unorderedAckIds: unordered },
      });
    }
    if (request.modifyIds.length > 0) {
      const { done, invalid } = modified;
      this.#tell({ modifyAckDeadlineConfirmation: { ackIds: done, invalidAckIds: invalid } });
    }
  }

  close(): void {
    this.#writable = false;
    this.#subscription.detach(this);
  }

  end(reason: ServiceError): void {
    this.#writable = false;
    this.#stream.fail(reason);
  }

  #tell(response: Omit<Response, 'subscriptionProperties'>): void {
    const { exactlyOnce, ordered } = this.#subscription.settings;
    const subscriptionProperties = {
      exactlyOnceDeliveryEnabled: exactlyOnce,
      messageOrderingEnabled: ordered,
    };
    this.#stream.write(this.#responses.encode({ subscriptionProperties, ...response }));
  }
}
