import type { DuckDBConnection } from '@duckdb/node-api';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { storedType } from '../engine/schema.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import { Scope } from '../sql/analyze/scope.ts';
import { parseScript } from '../sql/parse/script.ts';
import { quoted } from '../sql/types.ts';
import type { Defaults } from './row-decoder.ts';

/** The columns' default expressions, worked out for each row by itself: a generated id must not be the same in two. */
export async function defaultValues(
  engine: Engine,
  connection: DuckDBConnection,
  table: TableResource,
  columns: readonly string[],
  rows: number,
): Promise<Defaults> {
  const fields = table.body.schema.fields;
  const chosen = columns.flatMap((name) => {
    const slot = fields.findIndex((f) => f.name.toLowerCase() === name.toLowerCase());
    const field = fields[slot];
    return field?.defaultValueExpression === undefined ? [] : [{ slot, field }];
  });
  if (chosen.length === 0 || rows === 0) return new Map();
  const list = chosen.map(({ field }) => `(${field.defaultValueExpression})`).join(', ');
  const [statement] = parseScript(`SELECT ${list} FROM UNNEST(GENERATE_ARRAY(1, ${rows}))`);
  if (statement?.kind !== 'select') return new Map();
  const analysis = analysisOf({
    names: engine.names({ project: table.project }),
    parameters: new Map(),
    variables: () => undefined,
    nowMicros: engine.nowMicros(),
  });
  const relation = analysis.query(statement.query, new Scope());
  const cast = relation.columns.map((c, i) => {
    const field = chosen[i]?.field;
    return field ? `CAST(${quoted(c.as)} AS ${storedType(field)})` : quoted(c.as);
  });
  const reader = await connection.runAndReadAll(`SELECT ${cast.join(', ')} FROM (${relation.sql})`);
  const values = reader.getColumns();
  return new Map(chosen.map(({ slot }, i) => [slot, values[i] ?? []]));
}

/** Of the columns a request leaves out, those that get their default. */
export function columnsWithDefault(
  table: TableResource,
  missing: ReadonlyMap<string, 'null' | 'default'>,
  otherwise: 'null' | 'default',
): string[] {
  return table.body.schema.fields
    .filter((f) => f.defaultValueExpression !== undefined)
    .map((f) => f.name)
    .filter((name) => (missing.get(name.toLowerCase()) ?? otherwise) === 'default');
}
