import type { Engine } from '../engine/engine.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import { defaultOf } from '../sql/analyze/dml.ts';
import type { ColumnInfo } from '../sql/analyze/relation.ts';

/** What stands in a column that a row says nothing about, as DuckDB text: computed for each row. */
export function defaultExpression(engine: Engine, project: string, column: ColumnInfo): string {
  const analysis = analysisOf({
    names: engine.names({ project }),
    parameters: new Map(),
    variables: () => undefined,
    nowMicros: engine.nowMicros(),
  });
  return defaultOf(column, analysis);
}
