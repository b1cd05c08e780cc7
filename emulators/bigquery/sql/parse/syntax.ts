/** The tree of a statement as it was written. Operators are calls named `$add`, `$and`, …: the catalogue knows them. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly at: number;
  readonly safe?: boolean;
  readonly distinct?: boolean;
  readonly nulls?: 'ignore' | 'respect';
  readonly having?: { readonly max: boolean; readonly by: Expr };
  readonly order?: readonly OrderItem[];
  readonly limit?: Expr;
  readonly over?: WindowSpec;
  readonly named?: readonly { readonly name: string; readonly value: Expr }[];
  /** What the first argument is compared with too: its collation is theirs. */
  readonly beside?: readonly Expr[];
  /** Of an aggregate in PIVOT: only the rows for which it holds. */
  readonly where?: Expr;
}

export type Expr =
  | Call
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly value: string; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly quoted: boolean; readonly at: number }
  | { readonly kind: 'field'; readonly of: Expr; readonly name: string; readonly at: number }
  | { readonly kind: 'parameter'; readonly name: string | number; readonly at: number }
  | { readonly kind: 'system'; readonly name: string; readonly at: number }
  | { readonly kind: 'star'; readonly at: number }
  | {
      readonly kind: 'case';
      readonly of?: Expr;
      readonly whens: readonly { when: Expr; value: Expr }[];
      readonly otherwise?: Expr;
      readonly at: number;
    }
  | {
      readonly kind: 'cast';
      readonly of: Expr;
      readonly to: TypeSyntax;
      readonly safe: boolean;
      readonly format?: Expr;
      readonly zone?: Expr;
      readonly at: number;
    }
  | {
      readonly kind: 'interval';
      readonly amount: Expr;
      readonly part: string;
      readonly to?: string;
      readonly at: number;
    }
  | {
      readonly kind: 'with';
      readonly names: readonly { readonly name: string; readonly value: Expr }[];
      readonly value: Expr;
      readonly at: number;
    }
  | { readonly kind: 'array'; readonly of?: TypeSyntax; readonly items: readonly Expr[]; readonly at: number }
  | {
      readonly kind: 'struct';
      readonly type?: TypeSyntax;
      readonly items: readonly { name?: string; value: Expr }[];
      readonly at: number;
    }
  | {
      readonly kind: 'subquery';
      readonly form: 'scalar' | 'array' | 'exists';
      readonly query: Query;
      readonly at: number;
    }
  | {
      readonly kind: 'in';
      readonly of: Expr;
      readonly items?: readonly Expr[];
      readonly query?: Query;
      readonly unnest?: Expr;
      readonly at: number;
    }
  | {
      readonly kind: 'index';
      readonly of: Expr;
      readonly by: string;
      readonly index: Expr;
      readonly at: number;
    };

export type LiteralType =
  | 'NULL'
  | 'BOOL'
  | 'INT64'
  | 'FLOAT64'
  | 'STRING'
  | 'BYTES'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'DATE'
  | 'DATETIME'
  | 'TIMESTAMP'
  | 'TIME'
  | 'JSON'
  | `RANGE<${string}>`;

export interface TypeSyntax {
  readonly name: string;
  readonly of?: TypeSyntax;
  readonly fields?: readonly {
    readonly name?: string;
    readonly type: TypeSyntax;
    /** What only the fields of a column have. */
    readonly required?: boolean;
    readonly options?: Options;
  }[];
  readonly parameters?: readonly number[];
  /** Of a column or its fields alone. */
  readonly collation?: string;
  readonly at: number;
}

export interface OrderItem {
  readonly by: Expr;
  readonly descending: boolean;
  readonly collation?: Expr;
  readonly nulls?: 'first' | 'last';
}
export interface WindowSpec {
  readonly base?: string;
  readonly partition: readonly Expr[];
  readonly order: readonly OrderItem[];
  readonly frame?: Frame;
}
export interface Frame {
  readonly unit: 'ROWS' | 'RANGE';
  readonly from: Bound;
  readonly to: Bound;
}
export interface Bound {
  readonly side: 'PRECEDING' | 'FOLLOWING' | 'CURRENT';
  readonly distance?: Expr;
}

export interface Query {
  readonly kind: 'query';
  readonly with: readonly { readonly name: string; readonly query: Query; readonly at: number }[];
  readonly recursive: boolean;
  readonly body: Select | SetOperation | Query;
  readonly order: readonly OrderItem[];
  readonly limit?: Expr;
  readonly offset?: Expr;
  readonly at: number;
}
export interface SetOperation {
  readonly kind: 'set';
  readonly op: 'UNION' | 'EXCEPT' | 'INTERSECT';
  readonly all: boolean;
  /** Columns are matched by their names, not by their places; `on` says which. */
  readonly byName?: {
    readonly mode: 'strict' | 'inner' | 'left' | 'full';
    readonly on?: readonly string[];
  };
  readonly left: Select | SetOperation | Query;
  readonly right: Select | SetOperation | Query;
  readonly at: number;
}
export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly as?: 'STRUCT' | 'VALUE';
  readonly items: readonly SelectItem[];
  readonly from?: FromItem;
  readonly where?: Expr;
  readonly group?: Grouping;
  readonly having?: Expr;
  readonly qualify?: Expr;
  readonly windows: readonly { readonly name: string; readonly spec: WindowSpec }[];
  readonly at: number;
}
/** Each key of a ROLLUP or CUBE may be several expressions; so is each set of GROUPING SETS, or it is such a key list. */
export type Grouping =
  | { readonly kind: 'all' }
  | { readonly kind: 'list' | 'rollup' | 'cube'; readonly by: readonly (readonly Expr[])[] }
  | { readonly kind: 'sets'; readonly sets: readonly Exclude<Grouping, { kind: 'all' | 'sets' }>[] };
export type SelectItem =
  | { readonly kind: 'value'; readonly value: Expr; readonly alias?: string }
  | {
      readonly kind: 'all';
      readonly of?: Expr;
      readonly except: readonly string[];
      readonly replace: readonly { name: string; value: Expr }[];
      /** Only by the pipe operator RENAME. */
      readonly rename?: readonly { name: string; to: string }[];
      readonly at: number;
    };
export type FromItem =
  | {
      readonly kind: 'table';
      readonly path: readonly string[];
      readonly alias?: string;
      readonly offset?: string;
      readonly asOf?: Expr;
      readonly samplePercent?: Expr;
      readonly at: number;
    }
  | {
      readonly kind: 'tableFunction';
      readonly path: readonly string[];
      readonly args: readonly Expr[];
      readonly alias?: string;
      readonly at: number;
    }
  | {
      readonly kind: 'pivot';
      readonly of: FromItem;
      readonly aggregates: readonly { readonly call: Expr; readonly alias?: string }[];
      readonly by: Expr;
      readonly values: readonly { readonly value: Expr; readonly alias?: string }[];
      readonly alias?: string;
      readonly at: number;
    }
  | {
      readonly kind: 'unpivot';
      readonly of: FromItem;
      readonly values: readonly string[];
      readonly name: string;
      readonly sets: readonly { readonly columns: readonly string[]; readonly label?: Expr }[];
      readonly includeNulls: boolean;
      readonly alias?: string;
      readonly at: number;
    }
  | {
      readonly kind: 'derived';
      readonly query: Query;
      readonly alias?: string;
      /** What a pipe hands on under the name that it had: a column of that name comes first. */
      readonly piped?: boolean;
      /** The column that holds each row as it was before its columns were changed, and the name for it. */
      readonly rows?: { readonly alias: string; readonly column: string };
      readonly at: number;
    }
  | {
      readonly kind: 'unnest';
      readonly of: Expr;
      readonly alias?: string;
      readonly offset?: string;
      readonly at: number;
    }
  | {
      readonly kind: 'join';
      readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS';
      readonly left: FromItem;
      readonly right: FromItem;
      readonly on?: Expr;
      readonly using?: readonly string[];
      readonly at: number;
    };

export interface ColumnSyntax {
  readonly name: string;
  readonly type: TypeSyntax;
  readonly required: boolean;
  readonly options: Options;
  /** The text of the expression. */
  readonly default?: string;
  readonly at: number;
}
export type Options = readonly { readonly name: string; readonly value: Expr }[];
export interface TableProperties {
  readonly partition?: Expr;
  readonly cluster: readonly string[];
  readonly options: Options;
}
export type Path = readonly string[];

export type Statement = { readonly at: number; readonly end: number; readonly label?: string } & (
  | { readonly kind: 'select'; readonly query: Query }
  | {
      readonly kind: 'insert';
      readonly table: Path;
      readonly columns?: readonly string[];
      readonly query?: Query;
      readonly rows?: readonly (readonly Expr[])[];
    }
  | { readonly kind: 'delete'; readonly table: Path; readonly alias?: string; readonly where: Expr }
  | {
      readonly kind: 'update';
      readonly table: Path;
      readonly alias?: string;
      readonly set: readonly Assignment[];
      readonly from?: FromItem;
      readonly where: Expr;
    }
  | {
      readonly kind: 'merge';
      readonly table: Path;
      readonly alias?: string;
      readonly source: FromItem;
      readonly on: Expr;
      readonly clauses: readonly MergeClause[];
    }
  | { readonly kind: 'truncate'; readonly table: Path }
  | { readonly kind: 'export'; readonly options: Options; readonly query: Query }
  | {
      readonly kind: 'load';
      readonly table: Path;
      readonly overwrite: boolean;
      readonly columns?: readonly ColumnSyntax[];
      readonly properties: TableProperties;
      readonly files: Options;
    }
  | {
      readonly kind: 'createTable';
      readonly table: Path;
      readonly mode: CreateMode;
      readonly temporary: boolean;
      readonly snapshot?: boolean;
      readonly columns?: readonly ColumnSyntax[];
      readonly primaryKey?: readonly string[];
      readonly foreignKeys?: readonly ForeignKeySyntax[];
      readonly like?: { how: string; table: Path; asOf?: Expr };
      readonly properties: TableProperties;
      readonly query?: Query;
    }
  | {
      readonly kind: 'createView';
      readonly materialized: boolean;
      readonly names?: readonly string[];
      readonly table: Path;
      readonly mode: CreateMode;
      readonly options: Options;
      readonly query: Query;
      readonly text: string;
    }
  | {
      readonly kind: 'createSchema';
      readonly dataset: Path;
      readonly mode: CreateMode;
      readonly options: Options;
    }
  | {
      readonly kind: 'createProcedure';
      readonly routine: Path;
      readonly mode: CreateMode;
      readonly arguments: readonly ArgumentSyntax[];
      readonly options: Options;
      readonly body: string;
    }
  | {
      readonly kind: 'createFunction';
      readonly routine: Path;
      readonly mode: CreateMode;
      readonly temporary: boolean;
      readonly what: 'SCALAR' | 'AGGREGATE' | 'TABLE';
      readonly arguments: readonly {
        readonly name: string;
        readonly type?: TypeSyntax;
        readonly table?: boolean;
      }[];
      readonly returns?: TypeSyntax;
      readonly options: Options;
      readonly body: string;
    }
  | {
      readonly kind: 'drop';
      readonly what:
        | 'TABLE'
        | 'VIEW'
        | 'SCHEMA'
        | 'PROCEDURE'
        | 'FUNCTION'
        | 'TABLE FUNCTION'
        | 'AGGREGATE FUNCTION'
        | 'MATERIALIZED VIEW'
        | 'SNAPSHOT TABLE';
      readonly path: Path;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | {
      readonly kind: 'alterTable';
      readonly table: Path;
      readonly ifExists: boolean;
      readonly changes: readonly TableChange[];
    }
  | {
      readonly kind: 'alterOptions';
      readonly what: 'SCHEMA' | 'VIEW' | 'MATERIALIZED VIEW';
      readonly path: Path;
      readonly ifExists: boolean;
      readonly options: Options;
    }
  | {
      readonly kind: 'declare';
      readonly names: readonly string[];
      readonly type?: TypeSyntax;
      readonly value?: Expr;
    }
  | { readonly kind: 'set'; readonly names: readonly string[]; readonly value: Expr }
  | {
      readonly kind: 'if';
      readonly branches: readonly { when: Expr; body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[]; readonly handler?: readonly Statement[] }
  | {
      readonly kind: 'loop';
      readonly when?: Expr;
      readonly body: readonly Statement[];
      readonly until?: Expr;
    }
  | {
      readonly kind: 'for';
      readonly name: string;
      readonly query: Query;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'jump'; readonly to: 'BREAK' | 'CONTINUE' | 'RETURN'; readonly target?: string }
  | { readonly kind: 'call'; readonly routine: Path; readonly args: readonly Expr[] }
  | { readonly kind: 'assert'; readonly condition: Expr; readonly message?: string }
  | { readonly kind: 'raise'; readonly message?: Expr }
  | {
      readonly kind: 'execute';
      readonly sql: Expr;
      readonly into: readonly string[];
      readonly using: readonly { value: Expr; name?: string }[];
    }
  | { readonly kind: 'transaction'; readonly what: 'BEGIN' | 'COMMIT' | 'ROLLBACK' }
);
export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;
/** One action of ALTER TABLE. */
export type TableChange =
  | { readonly kind: 'add'; readonly column: ColumnSyntax; readonly ifNotExists: boolean }
  | { readonly kind: 'drop'; readonly column: string; readonly ifExists: boolean }
  | { readonly kind: 'rename'; readonly column: string; readonly to: string; readonly ifExists: boolean }
  | { readonly kind: 'renameTable'; readonly to: string }
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'type'; readonly column: string; readonly type: TypeSyntax }
  | { readonly kind: 'columnOptions'; readonly column: string; readonly options: Options }
  | { readonly kind: 'dropNotNull'; readonly column: string }
  | { readonly kind: 'default'; readonly column: string; readonly value?: string }
  | { readonly kind: 'primaryKey'; readonly columns: readonly string[] | undefined }
  | { readonly kind: 'foreignKey'; readonly key: ForeignKeySyntax }
  | { readonly kind: 'dropConstraint'; readonly name: string; readonly ifExists: boolean };
export interface ForeignKeySyntax {
  readonly name?: string;
  readonly columns: readonly string[];
  readonly table: Path;
  readonly referenced: readonly string[];
  readonly at: number;
}
export type CreateMode = 'create' | 'replace' | 'ifNotExists';
export interface ArgumentSyntax {
  readonly name: string;
  readonly mode: 'IN' | 'OUT' | 'INOUT';
  readonly type: TypeSyntax;
}
export interface Assignment {
  readonly path: readonly string[];
  readonly value: Expr | 'DEFAULT';
  readonly at: number;
}
export interface MergeClause {
  readonly match: 'MATCHED' | 'NOT MATCHED' | 'NOT MATCHED BY SOURCE';
  readonly and?: Expr;
  readonly action:
    | { readonly kind: 'delete' }
    | { readonly kind: 'update'; readonly set: readonly Assignment[] }
    | {
        readonly kind: 'insert';
        readonly columns?: readonly string[];
        readonly values: readonly Expr[] | 'ROW';
      };
  readonly at: number;
}
