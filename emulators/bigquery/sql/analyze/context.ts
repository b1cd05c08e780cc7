import type { Expr, Query } from '../parse/syntax.ts';
import type { Typed } from '../typed.ts';
import type { Relation, SqlRoutine, SystemView, TableInfo } from './relation.ts';
import type { Scope } from './scope.ts';

/** What names mean outside the statement. */
export interface Names {
  table(path: readonly string[], at?: number): TableInfo;
  /** All tables whose name begins as `path` does, without its star; the newest last. */
  wildcard(path: readonly string[], at: number): readonly TableInfo[];
  routine(path: readonly string[]): SqlRoutine | undefined;
  informationSchema(path: readonly string[], at: number): SystemView | undefined;
}

/** One statement being analysed. */
export interface Analysis {
  readonly names: Names;
  readonly parameters: ReadonlyMap<string | number, Typed>;
  readonly variables: (name: string) => Typed | undefined;
  readonly now: string;
  /** The session's time zone as SQL where it is not UTC: what names no zone stands in it. */
  readonly zone: string | undefined;
  /** Tables read, so that rows still on their way into them can be brought in first. */
  readonly reads: Map<string, TableInfo>;
  /** Functions written in SQL whose bodies are being analysed. */
  readonly expanding: string[];
  unique(name: string): string;
  query(query: Query, scope: Scope): Relation;
  /** A query that no other stands around: rows of one STRUCT each are rows of its fields. */
  statement(query: Query): Relation;
  expression(e: Expr, scope: Scope): Typed;
}
