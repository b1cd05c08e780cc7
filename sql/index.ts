/** The models: a Dataform project, compiled in this process, and the procedures that build them day by day. */
export { type CompileOptions, compileProject } from './compile.ts';
export { createProcedure, type Procedure, procedureName, procedures } from './procedures.ts';
export type {
  Assertion,
  CompiledProject,
  Datasets,
  Model,
  ModelColumn,
  Planning,
  Severity,
  Source,
  Target,
} from './project.ts';
