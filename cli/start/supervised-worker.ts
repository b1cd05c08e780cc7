import { type Child, type Environment, mainFile, startChild } from '../child.ts';
import type { WorkerLine } from '../run-worker.ts';
import { paint } from '../terminal.ts';

const restartMillis = 500;

/**
 * Keeps one worker running: when it ends unasked, another is started. Try it: kill -9 the process id that is
 * printed, and see that nothing is lost.
 */
export class SupervisedWorker {
  private child: Child;
  private readonly words: readonly string[];
  private readonly environment: Promise<Environment>;
  private readonly say: (words: string) => void;
  private stopping = false;
  private restart: NodeJS.Timeout | undefined;

  constructor(words: readonly string[], environment: Promise<Environment>, say: (words: string) => void) {
    this.words = words;
    this.environment = environment;
    this.say = say;
    this.child = this.begin();
  }

  get latest(): WorkerLine | undefined {
    return this.child.latest as WorkerLine | undefined;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks it to drain and waits for its end. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    this.child.kill('SIGTERM');
    await this.child.ended;
  }

  private begin(): Child {
    const child = startChild(this.words, this.environment, mainFile, this.say);
    void child.ended.then(({ code, signal }) => {
      if (this.stopping) return;
      this.say(paint('red', `The worker ended (${signal ?? `exit code ${code}`}); starting another.`));
      this.restart = setTimeout(() => (this.child = this.begin()), restartMillis);
    });
    return child;
  }
}
