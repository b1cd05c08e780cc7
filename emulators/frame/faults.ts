import { type Clock, systemClock } from './clock.ts';
import { type Code, codes, invalid, ServiceError } from './service-error.ts';

/**
 * What goes wrong with a call. `landed: true` lets the work be done first and spoils only the answer: the case in
 * which a client cannot know whether it may repeat.
 */
export type Fault =
  | { readonly kind: 'fail'; readonly code: Code; readonly message?: string; readonly landed?: boolean }
  | { readonly kind: 'hang'; readonly landed?: boolean }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'drop'; readonly landed?: boolean };

/** `method` is a whole name (`/google.pubsub.v1.Publisher/Publish`), its last part (`Publish`), or `*`. */
export interface PlannedFault {
  readonly method: string;
  readonly times: number;
  readonly fault: Fault;
}

/** The caller's connection, as far as a fault needs it. */
export interface Connection {
  drop(): void;
  onClosed(listener: () => void): void;
}

/** Faults planned for calls to come. Each plan is used up call by call, the oldest matching plan first. */
export class Faults {
  #plans: { method: string; times: number; fault: Fault }[] = [];
  readonly #hanging = new Set<() => void>();
  readonly #clock: Clock;
  #paused: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** From now on calls wait, and go on in their order after `resume`. What a stream has open is its emulator's affair. */
  pause(): void {
    if (this.#paused !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#paused = { over: promise, end: resolve };
  }

  resume(): void {
    this.#paused?.end();
    this.#paused = undefined;
  }

  get paused(): boolean {
    return this.#paused !== undefined;
  }

  /** The next `times` calls of `method` meet `fault`. */
  next(method: string, times: number, fault: Fault): void {
    this.#plans.push({ method, times, fault });
  }

  get planned(): readonly PlannedFault[] {
    return this.#plans.map((plan) => ({ ...plan }));
  }

  get hanging(): number {
    return this.#hanging.size;
  }

  /** Forgets every plan and ends a pause; calls that hang end with UNAVAILABLE. */
  reset(): void {
    this.#plans = [];
    this.resume();
    for (const release of [...this.#hanging]) release();
  }

  /** The fault that this call meets, counted as used. */
  take(method: string): Fault | undefined {
    if (this.#plans.length === 0) return undefined;
    const short = method.slice(method.search(/[^/.]*$/));
    const plan = this.#plans.find((p) => p.method === method || p.method === short || p.method === '*');
    if (plan === undefined) return undefined;
    plan.times -= 1;
    if (plan.times <= 0) this.#plans = this.#plans.filter((p) => p !== plan);
    return plan.fault;
  }

  /** Runs one call with whatever is planned for it; `heard` is false where its answer must not be told. */
  around<T>(method: string, connection: Connection, run: (heard: boolean) => T | Promise<T>): T | Promise<T> {
    if (this.#paused !== undefined) {
      return this.#paused.over.then(() => this.around(method, connection, run));
    }
    const fault = this.take(method);
    return fault === undefined ? run(true) : this.spoil(fault, connection, run);
  }

  async spoil<T>(fault: Fault, connection: Connection, run: (heard: boolean) => T | Promise<T>): Promise<T> {
    if (fault.kind === 'slow') {
      await new Promise<void>((resolve) => this.#clock.setTimer(fault.milliseconds, resolve));
      return run(true);
    }
    if (fault.landed === true) await run(false);
    if (fault.kind === 'hang') await this.#hang(connection);
    if (fault.kind === 'drop') connection.drop();
    throw fault.kind === 'fail'
      ? new ServiceError(fault.code, fault.message ?? `Planned fault: ${fault.code}`)
      : new ServiceError('UNAVAILABLE', `Planned fault: ${fault.kind}`);
  }

  #hang(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const release = () => {
        this.#hanging.delete(release);
        resolve();
      };
      this.#hanging.add(release);
      connection.onClosed(release);
    });
  }
}

/** Reads a plan from the admin endpoint: `{"method":"Publish","times":3,"fault":{"kind":"fail","code":"UNAVAILABLE"}}`. */
export function parsePlannedFault(value: unknown): PlannedFault {
  const plan = object(value, 'the plan');
  const method = plan.method;
  const times = plan.times ?? 1;
  if (typeof method !== 'string' || method === '') throw invalid('Expected "method": a method name or "*".');
  if (!Number.isInteger(times) || Number(times) < 1)
    throw invalid('Expected "times": a whole number from 1.');
  return { method, times: Number(times), fault: parseFault(object(plan.fault, '"fault"')) };
}

function parseFault(fault: Record<string, unknown>): Fault {
  const landed = fault.landed === true ? { landed: true } : {};
  switch (fault.kind) {
    case 'fail': {
      if (typeof fault.code !== 'string' || !(fault.code in codes)) {
        throw invalid(`Expected "code": one of ${Object.keys(codes).join(', ')}; got ${String(fault.code)}.`);
      }
      const message = typeof fault.message === 'string' ? { message: fault.message } : {};
      return { kind: 'fail', code: fault.code as Code, ...message, ...landed };
    }
    case 'slow':
      if (typeof fault.milliseconds !== 'number' || !(fault.milliseconds >= 0)) {
        throw invalid('Expected "milliseconds": a number from 0.');
      }
      return { kind: 'slow', milliseconds: fault.milliseconds };
    case 'hang':
    case 'drop':
      return { kind: fault.kind, ...landed };
    default:
      throw invalid(`Expected "kind": fail, hang, slow or drop; got ${String(fault.kind)}.`);
  }
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalid(`Expected ${what} to be an object.`);
  return value as Record<string, unknown>;
}
