import type { Typed } from '../typed.ts';
import type { Analysis, Names } from './context.ts';
import { analyseExpression } from './expressions.ts';
import { analyseQuery, rowsOf } from './queries.ts';
import type { TableInfo } from './relation.ts';
import { Scope } from './scope.ts';
import { sessionZone } from './time-zones.ts';

export interface Surroundings {
  readonly names: Names;
  readonly parameters: ReadonlyMap<string | number, Typed>;
  readonly variables: (name: string) => Typed | undefined;
  /** Microseconds since the epoch. */
  readonly nowMicros: bigint;
  /** The name of a time zone; UTC where there is none. */
  readonly timeZone?: string | undefined;
}

/** Ties expressions and queries together, which call each other. */
export function analysisOf(around: Surroundings): Analysis {
  let count = 0;
  const analysis: Analysis = {
    names: around.names,
    parameters: around.parameters,
    variables: around.variables,
    zone: sessionZone(around.timeZone),
    now: `make_timestamptz(${around.nowMicros})`,
    reads: new Map<string, TableInfo>(),
    expanding: [],
    unique: (name) => `${name}$${++count}`,
    query: (query, scope) => analyseQuery(query, scope, analysis),
    statement: (query) => rowsOf(analyseQuery(query, new Scope(), analysis)),
    expression: (e, scope) => scope.inGroup(analyseExpression(e, scope, analysis), e.at),
  };
  return analysis;
}
