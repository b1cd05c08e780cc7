export { examineResources } from './examine.ts';
export { type Clients, makeResources } from './make.ts';
export { describe, type Entry, type Finding, type Kind, type Report } from './report.ts';
export type { WorkflowsService } from './workflow.ts';
