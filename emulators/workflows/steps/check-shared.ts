import { refuse } from './refusal.ts';
import type { Action, Step } from './step.ts';

/**
 * A branch may read what was assigned before it, but write only what the parallel step names as shared: the service
 * refuses anything else at deployment. `known` grows in the order of the text, which is the order of assignment.
 */
export function checkShared(steps: readonly Step[], known: Set<string>, path: string): void {
  walk(steps, path, { known, frozen: new Set() });
}

interface Sight {
  readonly known: Set<string>;
  /** Known outside of the parallel step and not shared. */
  readonly frozen: ReadonlySet<string>;
}

function walk(steps: readonly Step[], path: string, sight: Sight): void {
  for (const step of steps) walkAction(step.action, `${path}.${step.name}`, sight);
}

function walkAction(action: Action, path: string, sight: Sight): void {
  switch (action.kind) {
    case 'assign':
      for (const { variable } of action.assignments) write(variable, path, sight);
      return;
    case 'call':
      if (action.result !== undefined) write(action.result, path, sight);
      return;
    case 'for': {
      const own = [action.value, ...(action.index === undefined ? [] : [action.index])];
      walk(action.steps, path, within(sight, own));
      return;
    }
    case 'parallel': {
      const frozen = new Set(
        [...sight.frozen, ...sight.known].filter((name) => !action.shared.includes(name)),
      );
      for (const name of action.shared) {
        if (!sight.known.has(name))
          refuse(`${path}.shared`, `${name} is not assigned before the parallel step`);
      }
      const own = (): Sight => ({ known: new Set(sight.known), frozen });
      if ('kind' in action.work) walkAction(action.work, path, own());
      else for (const branch of action.work) walk(branch.steps, `${path}.${branch.name}`, own());
      return;
    }
    case 'steps':
      walk(action.steps, path, sight);
      return;
    case 'switch':
      for (const one of action.cases) walkAction(one.action, path, sight);
      return;
    case 'try':
      walkAction(action.body, path, sight);
      if (action.except) walk(action.except.steps, path, within(sight, [action.except.as]));
      return;
    default:
  }
}

/** Inside a loop or `except` its own variables hide those of the same name. */
function within(sight: Sight, own: readonly string[]): Sight {
  return {
    known: new Set([...sight.known, ...own]),
    frozen: new Set([...sight.frozen].filter((name) => !own.includes(name))),
  };
}

function write(variable: string, path: string, sight: Sight): void {
  if (sight.frozen.has(variable)) {
    refuse(
      path,
      `${variable} is assigned outside of the parallel step; to write it here, name it in "shared"`,
    );
  }
  sight.known.add(variable);
}
