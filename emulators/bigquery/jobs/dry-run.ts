import type { Engine } from '../engine/engine.ts';
import { asSqlError } from '../engine/errors.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import { Scope } from '../sql/analyze/scope.ts';
import { parseScript } from '../sql/parse/script.ts';
import type { QueryRequest } from './query-job.ts';
import type { ResultSet } from './session.ts';

/** The schema a query would answer with, or the error it would raise. */
export function dryRun(
  engine: Engine,
  request: QueryRequest,
): { statementType: string; columns: ResultSet['columns'] } {
  try {
    const statements = parseScript(request.query);
    const [only] = statements;
    if (statements.length !== 1 || only?.kind !== 'select')
      return {
        statementType: statements.length === 1 ? (only?.kind ?? '').toUpperCase() : 'SCRIPT',
        columns: [],
      };
    const analysis = analysisOf({
      names: engine.names(request.place),
      parameters: request.parameters,
      variables: () => undefined,
      nowMicros: engine.nowMicros(),
    });
    const { columns } = analysis.query(only.query, new Scope());
    let anonymous = 0;
    return {
      statementType: 'SELECT',
      columns: columns.map((c) => ({ name: c.name ?? `f${anonymous++}_`, type: c.type })),
    };
  } catch (error) {
    throw asSqlError(error, request.query);
  }
}
