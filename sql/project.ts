/** What the Dataform project says, as plain data: what is read, what is built from it, what must hold. */
export interface Target {
  readonly project: string;
  readonly dataset: string;
  readonly name: string;
}

export interface Source {
  readonly target: Target;
  readonly description: string;
}

export interface ModelColumn {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

/** `fail`: the model is not published. `warn`: a row in ops.warnings. */
export type Severity = 'fail' | 'warn';

export interface Assertion {
  readonly name: string;
  readonly severity: Severity;
  /** What every row of the model must be like, as the message of a failure says it. */
  readonly expected: string;
  /** Finds the rows that are not so; names the model by its target. */
  readonly query: string;
}

export interface Model {
  readonly target: Target;
  readonly kind: 'view' | 'table' | 'incremental';
  readonly description: string;
  readonly grain: string;
  readonly key: readonly string[];
  readonly columns: readonly ModelColumn[];
  /** Of an incremental model: the rows of one day, the variable `day`. Of any other: all rows. */
  readonly query: string;
  readonly partitionBy?: string;
  readonly clusterBy: readonly string[];
  /** Models read by this one or by its assertions: they must be built before it. */
  readonly dependencies: readonly string[];
  readonly sources: readonly string[];
  readonly assertions: readonly Assertion[];
  readonly file: string;
}

/** A query about the days themselves. It becomes a procedure that answers with rows and builds nothing. */
export interface Planning {
  readonly target: Target;
  readonly description: string;
  readonly query: string;
}

export interface CompiledProject {
  readonly project: string;
  readonly location: string;
  readonly datasets: Datasets;
  readonly sources: readonly Source[];
  readonly models: readonly Model[];
  readonly planning: readonly Planning[];
}

export interface Datasets {
  readonly raw: string;
  readonly staging: string;
  readonly marts: string;
  readonly ops: string;
}

/** As Dataform prints it, so that a compiled query can be searched for it. */
export const quoted = (target: Target): string => `\`${target.project}.${target.dataset}.${target.name}\``;
