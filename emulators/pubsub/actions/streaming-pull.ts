import { invalid, type MessageStream, ServiceError, streaming } from '../../frame/index.ts';
import type { Broker } from '../broker/broker.ts';
import type { Consumer, Delivery } from '../broker/delivery.ts';
import type { Subscription } from '../broker/subscription.ts';
import { bounded } from '../validations/rules.ts';
import { decodeStreamingPull, type StreamingPullRequest } from '../wire/acknowledge.ts';
import { encodeReceived } from '../wire/received.ts';
import type { Action } from './rpc.ts';
import { acknowledgeAll, modifyDeadline } from './settle.ts';

type Stream = MessageStream<StreamingPullRequest, Uint8Array>;

interface Opening {
  subscriptionProperties: { exactlyOnceDeliveryEnabled: boolean; messageOrderingEnabled: boolean };
}

export const streamingPull: Action = ({ broker, protos }) => {
  const opening = protos.codec<Opening>('StreamingPullResponse').encode({
    subscriptionProperties: { exactlyOnceDeliveryEnabled: false, messageOrderingEnabled: false },
  });
  return streaming<StreamingPullRequest, Uint8Array>({
    path: '/google.pubsub.v1.Subscriber/StreamingPull',
    requestDeserialize: decodeStreamingPull,
    responseSerialize: (bytes) => bytes,
    handler(stream) {
      let puller: Puller | undefined;
      stream.onRequest((request) => {
        if (puller === undefined) {
          puller = open(broker, stream, request);
          stream.write(opening);
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

function open(broker: Broker, stream: Stream, request: StreamingPullRequest): Puller {
  const subscription = broker.subscription(request.subscription);
  bounded(request.streamAckDeadlineSeconds, 'stream_ack_deadline_seconds', 10, 600);
  return new Puller(subscription, stream, request);
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
  #writable = true;

  constructor(subscription: Subscription, stream: Stream, request: StreamingPullRequest) {
    this.#subscription = subscription;
    this.#stream = stream;
    this.ackDeadlineMs = request.streamAckDeadlineSeconds * 1000;
    this.#maxMessages =
      request.maxOutstandingMessages > 0 ? request.maxOutstandingMessages : Number.POSITIVE_INFINITY;
    this.#maxBytes = request.maxOutstandingBytes > 0 ? request.maxOutstandingBytes : Number.POSITIVE_INFINITY;
    subscription.attach(this);
  }

  roomMessages(): number {
    return this.#writable ? this.#maxMessages - this.outstandingMessages : 0;
  }

  roomBytes(): number {
    return this.#writable ? this.#maxBytes - this.outstandingBytes : 0;
  }

  deliver(batch: readonly Delivery[]): void {
    this.#writable = this.#stream.write(encodeReceived(this.#subscription, batch));
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
    acknowledgeAll(this.#subscription, request.ackIds);
    for (let i = 0; i < request.modifyIds.length; i++) {
      const ackId = request.modifyIds[i];
      const seconds = request.modifySeconds[i] ?? 0;
      bounded(seconds, 'modify_deadline_seconds', 0, 600);
      if (ackId !== undefined) modifyDeadline(this.#subscription, ackId, seconds);
    }
  }

  close(): void {
    this.#writable = false;
    this.#subscription.detach(this);
  }

  end(): void {
    this.#writable = false;
    const name = this.#subscription.settings.name;
    this.#stream.fail(
      new ServiceError(
        'NOT_FOUND',
        `Resource not found (resource=${name.slice(name.lastIndexOf('/') + 1)}).`,
      ),
    );
  }
}
