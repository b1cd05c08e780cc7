import { refuse } from './refusal.ts';
import type { Action, Step } from './step.ts';

/**
 * A jump goes to a step of its own list or of a list around it, but never out of a loop or a branch;
 * `break` and `continue` belong to loops. Found here, because at run time it would be found once a year.
 */
export function checkJumps(steps: readonly Step[], path: string, around: readonly string[] = ['end']): void {
  const reachable = [...around, ...steps.map((step) => step.name)];
  for (const step of steps) {
    checkJump(step.next, reachable, `${path}.${step.name}`);
    checkAction(step.action, reachable, `${path}.${step.name}`);
  }
}

function checkAction(action: Action, reachable: readonly string[], path: string): void {
  switch (action.kind) {
    case 'steps':
      checkJumps(action.steps, path, reachable);
      return;
    case 'switch':
      for (const one of action.cases) {
        checkJump(one.next, reachable, path);
        checkAction(one.action, reachable, path);
      }
      return;
    case 'for':
      checkJumps(action.steps, path, ['break', 'continue']);
      return;
    case 'parallel':
      if ('kind' in action.work) {
        checkAction(action.work, reachable, path);
        return;
      }
      for (const branch of action.work) checkJumps(branch.steps, `${path}.${branch.name}`, []);
      return;
    case 'try':
      checkAction(action.body, reachable, path);
      if (action.except) checkJumps(action.except.steps, `${path}.except`, reachable);
      return;
    default:
  }
}

function checkJump(target: string | undefined, reachable: readonly string[], path: string): void {
  if (target === undefined || reachable.includes(target)) return;
  refuse(`${path}.next`, `there is no step ${target} to go to from here`);
}
