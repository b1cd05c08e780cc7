import {
  DuckDBDateValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { kindOf, type SchemaField } from '../engine/schema.ts';
import { rangeElement } from '../sql/types.ts';

const unbounded = {
  DATE: DuckDBDateValue,
  DATETIME: DuckDBTimestampValue,
  TIMESTAMP: DuckDBTimestampTZValue,
};

/** The column of what lies between the ends of a range; undefined if that is no range's. */
export function elementField(field: SchemaField): SchemaField | undefined {
  const kind = kindOf(field);
  const element = kind && rangeElement({ kind });
  return element && { name: field.name, type: element.kind };
}

/** As DuckDB has a range: an end that is not given is unbounded. Undefined where it begins behind its end. */
export function rangeValue(
  element: SchemaField,
  start: DuckDBValue,
  end: DuckDBValue,
): DuckDBStructValue | undefined {
  if (start !== null && end !== null && ordinal(start) >= ordinal(end)) return undefined;
  const { NegInf, PosInf } = unbounded[element.type as keyof typeof unbounded];
  return new DuckDBStructValue({ s: start ?? NegInf, e: end ?? PosInf });
}

const ordinal = (bound: DuckDBValue): bigint =>
  bound instanceof DuckDBDateValue ? BigInt(bound.days) : (bound as DuckDBTimestampValue).micros;
