import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { backlog } from '../cli/backlog.ts';
import { type Child, startChild } from '../cli/child.ts';
import { applyResources } from '../cli/infra.ts';
import { readConfiguration } from '../cli/settings.ts';
import { type Verdict, verifyLedger } from '../cli/verify.ts';

export interface WorkerOptions {
  /** Another program than `orderlake worker`, which takes no words. */
  readonly file?: string | undefined;
  readonly words?: readonly string[];
}

/** Everything but the worker, each part a process of its own, for tests that kill the worker. */
export interface LocalRun {
  readonly project: string;
  startWorker(options?: WorkerOptions): Child;
  /** Publishes with the default defects and resolves when all is published. */
  publish(orders: number): Promise<void>;
  backlog(): Promise<number>;
  /** Resolves when the backlog is at most this. */
  backlogBelow(messages: number): Promise<void>;
  verify(): Promise<Verdict>;
  stop(): Promise<void>;
}

export async function startLocalRun(): Promise<LocalRun> {
  const directory = mkdtempSync(join(tmpdir(), 'orderlake-test-'));
  const ledger = join(directory, 'ledger.jsonl');
  const { values } = readConfiguration({ lakeCommitMillis: '500' }, 'no-file.json');
  const emulators = startChild(['emulators', '--json'], {});
  Object.assign(process.env, await emulators.firstLine());
  await applyResources(values, 'stores');
  const workers: Child[] = [];
  const waiting = () => backlog(values.sinks);
  return {
    project: values.project,
    startWorker({ file, words = [] } = {}) {
      const own = ['worker', '--json', '--lake-commit-millis', '500', ...words];
      const worker = startChild(file === undefined ? own : [], {}, file);
      workers.push(worker);
      return worker;
    },
    async publish(orders) {
      const shop = startChild(
        ['generate', '--to', 'pubsub', '--json', '--orders', String(orders), '--ledger', ledger],
        {},
      );
      const { code } = await shop.ended;
      if (code !== 0) throw new Error(`the shop ended with exit code ${code}`);
    },
    backlog: waiting,
    async backlogBelow(messages) {
      // Near the end a lease may have to run out: seconds, in which asking often only costs.
      while ((await waiting()) > messages) await wait(messages === 0 ? 200 : 20);
    },
    verify: () => verifyLedger(values, ledger),
    async stop() {
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(workers.map(({ ended }) => ended));
      emulators.kill('SIGTERM');
      await emulators.ended;
      rmSync(directory, { recursive: true });
    },
  };
}
