// The parts of core.proto's CompiledGraph that are read here, as protobufjs decodes them.

export interface GraphTarget {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** google.protobuf.Struct, as far as includes/about.js writes it. */
interface Struct {
  readonly fields?: Readonly<
    Record<
      string,
      {
        readonly stringValue?: string;
        readonly listValue?: { readonly values: readonly { readonly stringValue?: string }[] };
      }
    >
  >;
}

export interface ActionDescriptor {
  readonly description?: string;
  readonly columns: readonly { readonly path: readonly string[]; readonly description?: string }[];
  readonly metadata?: { readonly overview?: string; readonly extraProperties?: Struct };
}

interface Action {
  readonly target: GraphTarget;
  readonly fileName: string;
  readonly disabled?: boolean;
  readonly dependencyTargets: readonly GraphTarget[];
  readonly actionDescriptor?: ActionDescriptor;
}

export interface GraphTable extends Action {
  readonly enumType: 'TABLE' | 'INCREMENTAL' | 'VIEW';
  readonly query: string;
  readonly incrementalQuery?: string;
  readonly preOps: readonly string[];
  readonly postOps: readonly string[];
  readonly incrementalPostOps: readonly string[];
  readonly onSchemaChange?: string;
  readonly incrementalStrategy?: string;
  readonly materialized?: boolean;
  readonly bigquery?: {
    readonly partitionBy?: string;
    readonly clusterBy?: readonly string[];
    readonly requirePartitionFilter?: boolean;
  };
}

export interface GraphAssertion extends Action {
  readonly query: string;
  readonly parentAction?: GraphTarget;
}

export interface CompiledGraph {
  readonly tables: readonly GraphTable[];
  readonly assertions: readonly GraphAssertion[];
  readonly operations: readonly (Action & { readonly queries: readonly string[] })[];
  readonly declarations: readonly Omit<Action, 'dependencyTargets'>[];
  readonly projectConfig: { readonly defaultDatabase: string; readonly defaultLocation: string };
  readonly graphErrors?: {
    readonly compilationErrors?: readonly {
      readonly fileName?: string;
      readonly actionName?: string;
      readonly message: string;
    }[];
  };
}

export function property(descriptor: ActionDescriptor | undefined, name: string): string | undefined {
  return descriptor?.metadata?.extraProperties?.fields?.[name]?.stringValue;
}

export function properties(descriptor: ActionDescriptor | undefined, name: string): readonly string[] {
  const values = descriptor?.metadata?.extraProperties?.fields?.[name]?.listValue?.values ?? [];
  return values.map((value) => value.stringValue ?? '');
}
