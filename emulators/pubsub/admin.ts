import { type Clock, type Command, type Faults, invalid, type View } from '../frame/index.ts';
import type { Broker } from './broker/broker.ts';

/** What `GET /_emulator/…` tells. */
export function viewsOf(broker: Broker): Readonly<Record<string, View>> {
  return {
    backlog(parameters) {
      const name = parameters.get('subscription');
      if (name !== null) return broker.subscription(name).backlog();
      return Object.fromEntries(
        [...broker.subscriptions].map(([key, subscription]) => [key, subscription.backlog()]),
      );
    },
    state: () => stateOf(broker),
  };
}

/** What `POST /_emulator/…` does besides the faults. */
export function commandsOf(broker: Broker, faults: Faults, clock: Clock): Readonly<Record<string, Command>> {
  return {
    pause: () => pause(broker, faults),
    resume: () => resume(broker, faults),
    reset: () => reset(broker, faults),
    clock({ advanceMilliseconds }) {
      if (typeof advanceMilliseconds !== 'number' || !(advanceMilliseconds >= 0)) {
        throw invalid('Expected "advanceMilliseconds": a number from 0.');
      }
      if (!isDriven(clock)) throw invalid('The clock of this emulator cannot be driven.');
      clock.advance(advanceMilliseconds);
      return { now: new Date(clock.now()).toISOString() };
    },
  };
}

export function pause(broker: Broker, faults: Faults): { paused: boolean } {
  broker.paused = true;
  faults.pause();
  return { paused: true };
}

export function resume(broker: Broker, faults: Faults): { paused: boolean } {
  broker.paused = false;
  faults.resume();
  return { paused: false };
}

export function reset(broker: Broker, faults: Faults): object {
  broker.reset();
  faults.reset();
  return {};
}

function isDriven(clock: Clock): clock is Clock & { advance(milliseconds: number): void } {
  return 'advance' in clock;
}

function stateOf(broker: Broker): object {
  return {
    backlogBytes: broker.backlogBytes,
    paused: broker.paused,
    topics: [...broker.topics.values()].map(({ message, retained }) => ({
      ...message,
      retainedMessages: retained?.messages.size ?? 0,
    })),
    subscriptions: [...broker.subscriptions.values()].map((subscription) => ({
      ...subscription.settings.message,
      ...subscription.backlog(),
      retainedMessages: subscription.retained?.messages.size ?? 0,
    })),
    snapshots: [...broker.snapshots.all.values()].map(({ message, messages }) => ({
      ...message,
      messages: messages.size,
    })),
    schemas: [...broker.schemas.all.values()].map(({ name, revisions }) => ({
      name,
      revisions: revisions.map(({ revisionId }) => revisionId),
    })),
  };
}
