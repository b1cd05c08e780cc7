import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableName } from '../engine/definitions.ts';
import type { Engine } from '../engine/engine.ts';
import { asSqlError } from '../engine/errors.ts';
import { type PrunedRead, scannedBytes } from '../engine/scanned-bytes.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import type { Analysis } from '../sql/analyze/context.ts';
import { analyseChange } from '../sql/analyze/dml.ts';
import { parseScript } from '../sql/parse/script.ts';
import type { Statement } from '../sql/parse/syntax.ts';
import { namedColumns } from './named-columns.ts';
import { partitionFilters } from './partition-filters.ts';
import type { QueryRequest } from './query-request.ts';
import type { ResultSet } from './session.ts';

export interface Plan {
  readonly statementType: string;
  readonly columns: ResultSet['columns'];
  /** The tables it would read and by which DuckDB text. */
  readonly reads: readonly PrunedRead[];
  readonly sql: string;
}

export function statementsOf({ query }: QueryRequest): Statement[] {
  try {
    return parseScript(query);
  } catch (error) {
    throw asSqlError(error, query);
  }
}

/** The schema a query would answer with and what it would read, or the error it would raise; nothing runs. */
export function plan(engine: Engine, request: QueryRequest, statements = statementsOf(request)): Plan {
  try {
    const [only] = statements;
    if (statements.length !== 1 || !only) return { statementType: 'SCRIPT', columns: [], reads: [], sql: '' };
    const analysis = analysisOf({
      names: engine.names(request.place),
      parameters: request.parameters,
      variables: () => undefined,
      nowMicros: engine.nowMicros(),
      timeZone: request.timeZone,
    });
    const { sql, columns } = analysed(only, analysis);
    const filters =
      only.kind === 'select' ? partitionFilters(only.query, engine, analysis, request.place) : [];
    const reads = [...analysis.reads.values()].map((table) => {
      const filter = filters.find((f) => f.table === table.sql)?.condition;
      return { table, ...(filter !== undefined && { filter }) };
    });
    return { statementType: statementTypes[only.kind] ?? only.kind.toUpperCase(), columns, reads, sql };
  } catch (error) {
    throw asSqlError(error, request.query);
  }
}

const statementTypes: Readonly<Record<string, string>> = {
  truncate: 'TRUNCATE_TABLE',
  export: 'EXPORT_DATA',
  load: 'LOAD_DATA',
  createTable: 'CREATE_TABLE',
  createView: 'CREATE_VIEW',
  createSchema: 'CREATE_SCHEMA',
  createProcedure: 'CREATE_PROCEDURE',
  createFunction: 'CREATE_FUNCTION',
  alterTable: 'ALTER_TABLE',
};

function analysed(s: Statement, a: Analysis): { sql: string; columns: ResultSet['columns'] } {
  switch (s.kind) {
    case 'select': {
      const relation = a.statement(s.query);
      return { sql: relation.sql, columns: namedColumns(relation, s.at) };
    }
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
      return { sql: analyseChange(s, a).sql, columns: [] };
    case 'export':
      return { sql: a.statement(s.query).sql, columns: [] };
    case 'createTable':
      return { sql: s.query ? a.statement(s.query).sql : '', columns: [] };
    default:
      return { sql: '', columns: [] };
  }
}

/** The service bills whole megabytes, and ten at least for whatever reads at all. */
export function billed(bytes: number): number {
  const megabyte = 1024 * 1024;
  return bytes === 0 ? 0 : Math.max(10 * megabyte, Math.ceil(bytes / megabyte) * megabyte);
}

export const referencedTables = (p: Plan): readonly TableName[] =>
  p.reads.map(({ table: { project, dataset, table } }) => ({ project, dataset, table }));

export async function plannedBytes(
  engine: Engine,
  connection: DuckDBConnection,
  p: Plan,
  waitForRows = true,
): Promise<number> {
  if (p.reads.length === 0) return 0;
  if (waitForRows) await engine.inflow.settle(p.reads.map((r) => r.table.sql));
  let sum = 0;
  for (const read of p.reads) sum += await scannedBytes(engine, connection, read, p.sql);
  return sum;
}
