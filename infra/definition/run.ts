/** A stored procedure. The SQL of the daily run lives in these, because a workflow may not exceed 128 KB. */
export interface Routine {
  readonly dataset: string;
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly type: ArgumentType }[];
  readonly body: string;
  /**
   * Creates or replaces it without strict mode, which looks for every table the body names, and most of them
   * are made by the body itself.
   */
  readonly statement: string;
}

export const argumentTypes = ['BOOL', 'DATE', 'INT64', 'NUMERIC', 'STRING', 'TIMESTAMP'] as const;
export type ArgumentType = (typeof argumentTypes)[number];

export interface Workflow {
  readonly name: string;
  readonly description: string;
  /** The definition's JSON, exactly as Google Workflows executes it. */
  readonly source: string;
}

export interface Schedule {
  readonly name: string;
  readonly description: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly workflow: string;
  /** What the workflow is started with. */
  readonly argument: Readonly<Record<string, unknown>>;
}

/** What the daily run consists of. */
export interface Run {
  readonly routines: readonly Routine[];
  readonly workflows: readonly Workflow[];
  readonly schedules: readonly Schedule[];
}
