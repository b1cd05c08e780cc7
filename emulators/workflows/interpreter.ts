import { type ConnectorHost, callConnector } from './call-connector.ts';
import type { Surroundings } from './expression/evaluate.ts';
import { connectors } from './library/connectors.ts';
import { functions, type Host } from './library/functions.ts';
import { Raised, raised } from './raised.ts';
import { retrying } from './retry.ts';
import { Scope } from './scope.ts';
import type { Action, Call, For, Parallel, Routine, Step, Try, Workflow } from './steps/step.ts';
import { fill, type Template } from './steps/template.ts';
import { isList, typeOf, type Value, type ValueMap } from './value.ts';

export interface ExecutionHost extends Host, ConnectorHost {
  log(entry: ValueMap): void;
}

/** How a list of steps ended: it fell through (undefined), it returned, or it goes on at a step further out. */
type End = { readonly returned: Value } | { readonly next: string } | undefined;

interface Place {
  readonly routine: Routine;
  readonly scope: Scope;
  readonly depth: number;
}

// Limits of the service.
const stepsAtMost = 100_000;
const depthAtMost = 20;
const concurrentAtMost = 20;

export class Interpreter {
  readonly #workflow: Workflow;
  readonly #host: ExecutionHost;
  #steps = 0;

  constructor(workflow: Workflow, host: ExecutionHost) {
    this.#workflow = workflow;
    this.#host = host;
  }

  /** The result of `main`. What no `except` took is thrown as Raised. */
  async run(argument: Value): Promise<Value> {
    const main = this.#routine('main');
    const [parameter] = main.parameters;
    return this.#routineCall(main, parameter === undefined ? {} : { [parameter.name]: argument }, 0);
  }

  async #routineCall(routine: Routine, args: ValueMap, depth: number): Promise<Value> {
    if (depth > depthAtMost)
      throw raised('RecursionError', `more than ${depthAtMost} calls within one another`);
    const scope = new Scope();
    const place = { routine, scope, depth };
    for (const { name, standard } of routine.parameters) {
      const given = Object.hasOwn(args, name) ? (args[name] ?? null) : undefined;
      scope.declare(name, given ?? (standard === undefined ? null : this.#value(standard, place)));
    }
    const end = await this.#list(routine.steps, place);
    return end !== undefined && 'returned' in end ? end.returned : null;
  }

  async #list(steps: readonly Step[], place: Place): Promise<End> {
    let at = 0;
    for (let step = steps[at]; step !== undefined; step = steps[at]) {
      const end = await this.#step(step, place);
      if (end === undefined) {
        at += 1;
        continue;
      }
      const target = 'next' in end ? steps.findIndex((one) => one.name === end.next) : -1;
      if (target < 0) return end;
      at = target;
    }
    return undefined;
  }

  async #step(step: Step, place: Place): Promise<End> {
    this.#host.signal.throwIfAborted();
    this.#steps += 1;
    if (this.#steps > stepsAtMost) {
      throw raised('ResourceLimitError', `more than ${stepsAtMost} steps in one execution`);
    }
    try {
      const end = await this.#action(step.action, place);
      return end ?? (step.next === undefined ? undefined : { next: step.next });
    } catch (error) {
      if (error instanceof Raised) error.frames.push({ step: step.name, routine: place.routine.name });
      throw error;
    }
  }

  async #action(action: Action, place: Place): Promise<End> {
    switch (action.kind) {
      case 'none':
        return undefined;
      case 'assign':
        for (const { variable, members, value } of action.assignments) {
          const path = members.map((key) => this.#value({ kind: 'expression', expression: key }, place));
          place.scope.assign(variable, path, this.#value(value, place));
        }
        return undefined;
      case 'call': {
        const result = await this.#call(action, place);
        if (action.result !== undefined) place.scope.assign(action.result, [], result);
        return undefined;
      }
      case 'for':
        return this.#for(action, place);
      case 'parallel':
        return this.#parallel(action, place);
      case 'raise':
        throw new Raised(this.#value(action.value, place));
      case 'return':
        return { returned: this.#value(action.value, place) };
      case 'steps':
        return this.#list(action.steps, place);
      case 'switch':
        for (const one of action.cases) {
          const holds = this.#value(one.condition, place);
          if (typeof holds !== 'boolean')
            throw raised('TypeError', `a condition is ${typeOf(holds)}, not boolean`);
          if (!holds) continue;
          return (
            (await this.#action(one.action, place)) ??
            (one.next === undefined ? undefined : { next: one.next })
          );
        }
        return undefined;
      case 'try':
        return this.#try(action, place);
    }
  }

  async #call({ callee, args: templates }: Call, place: Place): Promise<Value> {
    const args = Object.fromEntries([...templates].map(([name, value]) => [name, this.#value(value, place)]));
    const routine = this.#workflow.routines.get(callee);
    if (routine) return this.#routineCall(routine, args, place.depth + 1);
    if (callee === 'sys.log') {
      this.#host.log(args);
      return null;
    }
    if (callee === 'sys.sleep') {
      if (typeof args.seconds !== 'number') throw raised('TypeError', 'sys.sleep: expected seconds');
      await this.#host.sleep(args.seconds);
      return null;
    }
    const connector = connectors[callee];
    if (connector) return callConnector(connector, args, this.#host);
    const known = functions[callee];
    if (known === undefined) throw raised('KeyError', `there is nothing to call under the name ${callee}`);
    const given = known.parameters.filter((name) => Object.hasOwn(args, name));
    return known.run(
      given.map((name) => args[name] ?? null),
      this.#host,
    );
  }

  async #for(action: For, place: Place): Promise<End> {
    for (const [index, item] of this.#items(action, place).entries()) {
      const end = await this.#iteration(action, index, item, place);
      if (end === undefined || ('next' in end && end.next === 'continue')) continue;
      if ('next' in end && end.next === 'break') return undefined;
      return end;
    }
    return undefined;
  }

  #iteration(action: For, index: number, item: Value, place: Place): Promise<End> {
    const scope = new Scope(place.scope);
    scope.declare(action.value, item);
    if (action.index !== undefined) scope.declare(action.index, index);
    return this.#list(action.steps, { ...place, scope });
  }

  #items(action: For, place: Place): readonly Value[] {
    if ('in' in action.over) {
      const list = this.#value(action.over.in, place);
      if (!isList(list)) throw raised('TypeError', `a loop goes over a list, got ${typeOf(list)}`);
      return list;
    }
    const [from, to] = action.over.range.map((end) => this.#value(end, place));
    if (typeof from !== 'number' || typeof to !== 'number')
      throw raised('TypeError', 'a range has two numbers');
    return Array.from({ length: Math.max(0, Math.floor(to - from) + 1) }, (_none, step) => from + step);
  }

  /** All branches run to their end, whatever becomes of the others: continueAll is the only policy there is. */
  async #parallel(action: Parallel, place: Place): Promise<End> {
    const { work } = action;
    const runs: (() => Promise<End>)[] =
      'kind' in work
        ? this.#items(work, place).map((item, index) => () => this.#iteration(work, index, item, place))
        : work.map(
            ({ steps }) =>
              () =>
                this.#list(steps, { ...place, scope: new Scope(place.scope) }),
          );
    const limit = action.limit === undefined ? concurrentAtMost : this.#value(action.limit, place);
    if (typeof limit !== 'number' || limit < 1)
      throw raised('ValueError', 'concurrency_limit is a number from 1');
    const failures: { readonly id: string; readonly error: Raised }[] = [];
    const waiting = runs.entries();
    const worker = async (): Promise<void> => {
      for (const [index, run] of waiting) {
        try {
          await run();
        } catch (error) {
          if (!(error instanceof Raised)) throw error;
          failures.push({ id: String(index), error });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(limit, concurrentAtMost, runs.length) }, worker));
    if (failures.length > 0) throw unhandled(failures);
    return undefined;
  }

  async #try(action: Try, place: Place): Promise<End> {
    try {
      const { retry } = action;
      const body = (): Promise<End> => this.#action(action.body, place);
      if (retry === undefined) return await body();
      const policy = {
        maxRetries: this.#number(retry.maxRetries, place),
        initialDelay: this.#number(retry.initialDelay, place),
        maxDelay: this.#number(retry.maxDelay, place),
        multiplier: this.#number(retry.multiplier, place),
      };
      const predicate = this.#routine(retry.predicate);
      const isRetriable = async (error: Value): Promise<boolean> => {
        const name = predicate.parameters[0]?.name ?? '';
        return (await this.#routineCall(predicate, { [name]: error }, place.depth + 1)) === true;
      };
      return await retrying(body, policy, isRetriable, this.#host);
    } catch (error) {
      if (!(error instanceof Raised) || action.except === undefined) throw error;
      const scope = new Scope(place.scope);
      scope.declare(action.except.as, error.value);
      return this.#list(action.except.steps, { ...place, scope });
    }
  }

  #routine(name: string): Routine {
    const routine = this.#workflow.routines.get(name);
    if (routine === undefined) throw raised('KeyError', `there is no subworkflow ${name}`);
    return routine;
  }

  #number(template: Template, place: Place): number {
    const value = this.#value(template, place);
    if (typeof value !== 'number')
      throw raised('TypeError', `a retry policy has numbers, got ${typeOf(value)}`);
    return value;
  }

  #value(template: Template, place: Place): Value {
    const around: Surroundings = {
      read: (variable) => place.scope.read(variable),
      call: (name, args) => functions[name]?.run(args, this.#host) ?? null,
    };
    return fill(template, around);
  }
}

function unhandled(failures: readonly { readonly id: string; readonly error: Raised }[]): Raised {
  const branches = failures.map(({ id, error }) => ({
    id,
    error: { context: contextOf(error), payload: error.value },
  }));
  return raised(
    'UnhandledBranchError',
    'One or more branches or iterations encountered an unhandled runtime error',
    {
      branches,
      truncated: false,
    },
  );
}

/** Where the error came from, as the service puts it. */
export function contextOf({ frames, value }: Raised): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const [inner] = frames;
  return inner === undefined ? text : `${text}\nin step "${inner.step}", routine "${inner.routine}"`;
}
