import type { Clock, Timer } from '../../frame/index.ts';
import type { Pusher } from '../broker/broker.ts';
import type { Consumer, Delivery } from '../broker/delivery.ts';
import type { PushConfig } from '../broker/settings.ts';
import type { Subscription } from '../broker/subscription.ts';
import type { PubSubProtos } from '../wire/protos.ts';
import { envelope, type PushedMessage } from './envelope.ts';
import { Poster } from './post.ts';

const mostAtOnce = 100;
const shortestPauseMs = 100;
const longestPauseMs = 60_000;

/** These acknowledge; any other status, and no answer, give the message back. */
const accepted: ReadonlySet<number> = new Set([102, 200, 201, 202, 204]);

/** Posts what subscriptions with an endpoint get. */
export function pushWith(protos: PubSubProtos, clock: Clock): Pusher {
  const { decode } = protos.codec<PushedMessage & object>('PubsubMessage');
  return (subscription) => {
    const { push } = subscription.settings;
    if (push === undefined) return () => {};
    const endpoint = new Endpoint(subscription, push, decode, clock);
    subscription.attach(endpoint);
    return () => endpoint.end();
  };
}

/**
 * One subscription's endpoint as its consumer. The window of messages under way begins at one, doubles with every
 * acceptance and falls back to one with every refusal; after a refusal the endpoint rests, twice as long each time in a
 * row. So an endpoint that is down is not beaten, and one that is well gets all it can take.
 */
class Endpoint implements Consumer {
  outstandingMessages = 0;
  outstandingBytes = 0;
  readonly #subscription: Subscription;
  readonly #config: PushConfig;
  readonly #decode: (bytes: Uint8Array) => PushedMessage;
  readonly #clock: Clock;
  readonly #poster = new Poster();
  #window = 1;
  #underWay = 0;
  #pauseMs = 0;
  #resting: Timer | undefined;
  #open = true;

  constructor(
    subscription: Subscription,
    config: PushConfig,
    decode: (bytes: Uint8Array) => PushedMessage,
    clock: Clock,
  ) {
    this.#subscription = subscription;
    this.#config = config;
    this.#decode = decode;
    this.#clock = clock;
  }

  get ackDeadlineMs(): number {
    return this.#subscription.settings.ackDeadlineMs;
  }

  roomMessages(): number {
    return this.#open && this.#resting === undefined ? this.#window - this.#underWay : 0;
  }

  roomBytes(): number {
    return Number.POSITIVE_INFINITY;
  }

  deliver(batch: readonly Delivery[]): void {
    for (const delivery of batch) void this.#post(delivery);
  }

  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#resting?.cancel();
    this.#subscription.detach(this);
    this.#poster.close();
  }

  async #post({ message, attempt }: Delivery): Promise<void> {
    this.#underWay += 1;
    const { name, deadLetter } = this.#subscription.settings;
    const bytes = Buffer.allocUnsafe(message.size);
    message.put(bytes, 0);
    const stored = this.#decode(bytes);
    const told = deadLetter === undefined ? undefined : attempt;
    const status = await this.#poster.post({
      url: this.#config.pushEndpoint ?? '',
      ...envelope(name, this.#config, stored, told),
      timeoutMs: this.ackDeadlineMs,
    });
    this.#underWay -= 1;
    if (!this.#open) return;
    if (accepted.has(status)) {
      this.#window = Math.min(mostAtOnce, this.#window * 2);
      this.#pauseMs = 0;
      this.#subscription.ack(message.id, attempt);
      this.#subscription.pumpSoon();
    } else {
      this.#window = 1;
      this.#rest();
      this.#subscription.modifyDeadline(message.id, attempt, 0);
    }
  }

  #rest(): void {
    if (this.#resting !== undefined) return;
    this.#pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, this.#pauseMs * 2));
    this.#resting = this.#clock.setTimer(this.#pauseMs, () => {
      this.#resting = undefined;
      this.#subscription.pumpSoon();
    });
  }
}
