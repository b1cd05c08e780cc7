import type { ServiceError } from '../../frame/index.ts';
import { Due } from './deadlines.ts';
import type { Lane } from './lane.ts';
import type { StoredMessage } from './message.ts';

/** Whoever takes messages from a subscription: a stream for as long as it is open, a pull once. */
export interface Consumer {
  /** Counted by the subscription: what was given to this consumer and neither settled nor expired. */
  outstandingMessages: number;
  outstandingBytes: number;
  readonly ackDeadlineMs: number;
  /** How many more messages it takes now, and how many bytes; none when either is not above zero. */
  roomMessages(): number;
  roomBytes(): number;
  deliver(batch: readonly Delivery[]): void;
  /** Nothing more will come, and why: the subscription is deleted or detached. */
  end(reason: ServiceError): void;
}

/** One message on its way through one subscription, from its first delivery until it is settled. */
export class Delivery extends Due {
  readonly message: StoredMessage;
  /** Rises with every delivery and is part of the ack id. */
  attempt = 0;
  settled = false;
  /** Who holds the lease; undefined while it waits to be delivered again. */
  holder: Consumer | undefined = undefined;
  /** With an ordering key: its lane, its place there, and whether it is acknowledged before its turn. */
  lane: Lane<Delivery, Consumer> | undefined = undefined;
  place = 0;
  acked = false;
  readonly #fallsDue: (delivery: Delivery) => void;

  constructor(message: StoredMessage, fallsDue: (delivery: Delivery) => void) {
    super();
    this.message = message;
    this.#fallsDue = fallsDue;
  }

  due(): void {
    this.#fallsDue(this);
  }
}
