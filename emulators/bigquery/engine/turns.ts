/** A place in the queue. */
export interface Turn {
  /** Its turn has come; it ends when this is called. */
  readonly come: Promise<() => void>;
  /** Somebody waits for it now. */
  hurry(): void;
}

type Call = (end: () => void) => void;

/**
 * One at a time, in two queues: who is *patient* lets those pass for whom somebody waits, but never two in a row, so
 * that none waits for ever.
 */
export class Turns {
  readonly #urgent: Call[] = [];
  readonly #patient: Call[] = [];
  #isTaken = false;
  /** Whoever has the turn passed those who are patient. */
  #passed = false;

  take(isPatient = false): Turn {
    const { promise: come, resolve } = Promise.withResolvers<() => void>();
    (isPatient ? this.#patient : this.#urgent).push(resolve);
    if (!this.#isTaken) this.#next();
    return {
      come,
      hurry: () => {
        const at = this.#patient.indexOf(resolve);
        if (at >= 0) this.#urgent.push(...this.#patient.splice(at, 1));
      },
    };
  }

  /** Resolves when nobody waits any more. */
  async over(): Promise<void> {
    while (this.#isTaken) (await this.take(true).come)();
  }

  #next(): void {
    const isPatient = this.#urgent.length === 0 || (this.#passed && this.#patient.length > 0);
    const call = (isPatient ? this.#patient : this.#urgent).shift();
    this.#isTaken = call !== undefined;
    this.#passed = !isPatient && this.#patient.length > 0;
    call?.(() => this.#next());
  }
}
