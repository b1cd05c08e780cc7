/** The jobs as typed graphs, and the Google Workflows definitions made of them. */
export { type Dag, type DayPlan, defineDag, levels, type Schedule, type Scope, type Task } from './dag.ts';
export { daily } from './daily.ts';
export type { Json, WorkflowDefinition } from './definition.ts';
export { type RetryPolicy, standardRetry } from './retry.ts';
export { compileWorkflow, type WorkflowPlace } from './workflow.ts';
