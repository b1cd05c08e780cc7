import type { Child, Ended } from '../../cli/child.ts';
import type { SmallWorld } from './small-world.ts';

/** Keeps so many workers alive, as a platform does: one that ends, however it ends, is followed by another. */
export class Keeper {
  readonly ends: Ended[] = [];
  private readonly world: SmallWorld;
  private readonly words: readonly string[];
  private readonly alive = new Set<Child>();
  private closing = false;

  constructor(world: SmallWorld, count: number, words: readonly string[] = []) {
    this.world = world;
    this.words = words;
    for (let index = 0; index < count; index++) this.start();
  }

  get workers(): readonly Child[] {
    return [...this.alive];
  }

  /** Those that have begun to work: what kills only beginners meets nothing. */
  get working(): readonly Child[] {
    return this.workers.filter(({ latest }) => latest !== undefined);
  }

  get newest(): Child {
    const newest = this.workers.at(-1);
    if (newest === undefined) throw new Error('no worker is kept');
    return newest;
  }

  /** Resolves when all have ended, none of them by force. */
  async close(): Promise<readonly Ended[]> {
    this.closing = true;
    const last = this.workers;
    // One that is just starting does not listen yet: the signal would end it as it ends any program.
    await Promise.all(last.map((worker) => worker.firstLine().catch(() => undefined)));
    for (const worker of last) worker.kill('SIGTERM');
    return Promise.all(last.map(({ ended }) => ended));
  }

  private start(): void {
    const worker = this.world.startWorker(this.words);
    this.alive.add(worker);
    void worker.ended.then((end) => {
      this.alive.delete(worker);
      this.ends.push(end);
      if (!this.closing) this.start();
    });
  }
}
