import {
  type Clock,
  type Emulator,
  Faults,
  type GrpcServer,
  SteppingClock,
  startGrpc,
} from '../frame/index.ts';
import { actions } from './actions/index.ts';
import { commandsOf, pause, reset, resume, viewsOf } from './admin.ts';
import { Broker } from './broker/broker.ts';
import type { Backlog } from './broker/subscription.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import { pushWith } from './push/push.ts';
import { PubSubProtos } from './wire/protos.ts';

export interface PubSubOptions {
  /** Nothing: in memory only. Otherwise everything published survives the end of the process, however it comes. */
  readonly dataDirectory?: string;
  readonly port?: number;
  /** Where none is given, the system's, which `POST /_emulator/clock` may push forward. */
  readonly clock?: Clock;
  /** Unacknowledged bytes above which Publish answers RESOURCE_EXHAUSTED; 2 GiB when not given. */
  readonly maxBacklogBytes?: number;
}

export interface PubSubEmulator extends Emulator {
  readonly environment: { readonly PUBSUB_EMULATOR_HOST: string };
  /** @param subscription `projects/…/subscriptions/…` */
  backlog(subscription: string): Backlog;
  /** From now on calls wait and streams get nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** As if newly started: nothing exists, no fault is planned. */
  reset(): void;
}

const largestMessage = 20 * 1024 * 1024;

export async function startPubSub(options: PubSubOptions = {}): Promise<PubSubEmulator> {
  const clock = options.clock ?? new SteppingClock();
  const faults = new Faults(clock);
  const broker = new Broker({ clock, maxBacklogBytes: options.maxBacklogBytes ?? 2 * 1024 ** 3 });
  const protos = new PubSubProtos();
  let journal: Journal | undefined;
  let stopped: Promise<void> | undefined;
  const backlog = (name: string): Backlog => broker.subscription(name).backlog();
  try {
    if (options.dataDirectory !== undefined) journal = openJournal(options.dataDirectory, broker, protos);
    broker.pushWith(pushWith(protos, clock));
    const server = await startGrpc({
      name: 'pubsub',
      services: actions.map((action) => action({ broker, protos })),
      port: options.port ?? 0,
      faults,
      maxMessageBytes: largestMessage,
      admin: {
        name: 'pubsub',
        faults,
        views: viewsOf(broker),
        commands: commandsOf(broker, faults, clock),
      },
    });
    return {
      name: 'pubsub',
      environment: { PUBSUB_EMULATOR_HOST: server.address },
      faults,
      backlog,
      pause: () => pause(broker, faults),
      resume: () => resume(broker, faults),
      reset: () => reset(broker, faults),
      stop() {
        stopped ??= stop(server);
        return stopped;
      },
    };
  } catch (error) {
    broker.stop();
    journal?.close();
    throw error;
  }

  async function stop(server: GrpcServer): Promise<void> {
    faults.reset();
    await server.stop();
    broker.stop();
    journal?.close();
  }
}
