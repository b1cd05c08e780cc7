import { InputError } from '../runtime/index.ts';
import type { RetryPolicy } from './retry.ts';

/** `day`: once for each day of the run. `run`: once, after the last of them, for what is rebuilt whole. */
export type Scope = 'day' | 'run';

export interface Task<K extends string> {
  /** A procedure of one argument, the day: `dataset.name`. */
  readonly procedure: string;
  readonly scope: Scope;
  readonly after: readonly K[];
  readonly retry: RetryPolicy;
  readonly timeoutSeconds: number;
}

export interface Schedule {
  readonly cron: string;
  readonly timeZone: string;
}

/** How a run learns its days: both procedures take a day and answer with rows whose first column is one. */
export interface DayPlan {
  /** Days up to the given one that need building; asked when the run is started without days. */
  readonly toBuild: string;
  /** No rows where there is nothing to build; asked for each day that the run was given. */
  readonly withData: string;
}

export interface Dag<K extends string = string> {
  readonly name: string;
  readonly description: string;
  readonly schedule: Schedule;
  readonly plan: DayPlan;
  readonly tasks: Readonly<Record<K, Task<K>>>;
}

/**
 * The names of the tasks come from the keys alone: NoInfer keeps a name in `after` from becoming one, so that a
 * dependency that does not exist is a compile error.
 */
export function defineDag<const K extends string>(definition: {
  readonly name: string;
  readonly description: string;
  readonly schedule: Schedule;
  readonly plan: DayPlan;
  readonly tasks: { readonly [N in K]: Task<NoInfer<K>> };
}): Dag<K> {
  const dag: Dag<K> = definition;
  for (const name of [dag.name, ...Object.keys(dag.tasks)]) refuseName(name);
  for (const name of proceduresOf(dag)) refuseProcedure(name);
  levels(dag);
  return dag;
}

/** Tasks in the order they may run; those of one level need nothing from one another. */
export function levels<K extends string>(dag: Dag<K>): K[][] {
  const waiting = new Map(Object.entries(dag.tasks) as [K, Task<K>][]);
  refuseUnknown(dag);
  const sorted: K[][] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, task]) => !task.after.some((name) => waiting.has(name)));
    if (ready.length === 0) {
      throw new InputError(`the tasks of ${dag.name} need one another`, {
        expected: 'no cycle',
        got: cycleIn(waiting).join(' after '),
      });
    }
    for (const [name] of ready) waiting.delete(name);
    sorted.push(ready.map(([name]) => name).sort());
  }
  return sorted;
}

function proceduresOf(dag: Dag): string[] {
  return [dag.plan.toBuild, dag.plan.withData, ...Object.values(dag.tasks).map((task) => task.procedure)];
}

/** Names become step names and parts of job ids, which allow little. */
function refuseName(name: string): void {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name)) return;
  throw new InputError('the name of a DAG or task is not allowed', {
    expected: 'lower-case letters, digits and underscores, beginning with a letter, at most 63',
    got: JSON.stringify(name),
  });
}

function refuseProcedure(name: string): void {
  if (/^[A-Za-z0-9_]+\.[A-Za-z0-9_]+$/.test(name)) return;
  throw new InputError('a procedure is named wrongly', {
    expected: 'dataset.name',
    got: JSON.stringify(name),
  });
}

function refuseUnknown(dag: Dag): void {
  for (const [name, task] of Object.entries(dag.tasks)) {
    const unknown = task.after.find((other) => !Object.hasOwn(dag.tasks, other));
    if (unknown === undefined) continue;
    throw new InputError(`task ${name} of ${dag.name} comes after a task that does not exist`, {
      expected: `one of ${Object.keys(dag.tasks).join(', ')}`,
      got: unknown,
    });
  }
}

/** Follows what each waiting task waits for until a name comes again: a message that shows the way round. */
function cycleIn<K extends string>(waiting: ReadonlyMap<K, Task<K>>): K[] {
  const path: K[] = [];
  let name = [...waiting.keys()][0];
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    name = waiting.get(name)?.after.find((other) => waiting.has(other));
  }
  return name === undefined ? path : [...path.slice(path.indexOf(name)), name];
}
