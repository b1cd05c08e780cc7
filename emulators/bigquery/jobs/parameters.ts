import { SqlError } from '../sql/sql-error.ts';
import { literalOf, structOf, type Typed } from '../sql/typed.ts';
import { arrayOf, duckType, scalarKind, type Type, text } from '../sql/types.ts';

export interface QueryParameter {
  readonly name?: string;
  readonly parameterType?: ParameterType;
  readonly parameterValue?: ParameterValue;
}
interface ParameterType {
  readonly type?: string;
  readonly arrayType?: ParameterType;
  readonly rangeElementType?: ParameterType;
  readonly structTypes?: readonly { name?: string; type?: ParameterType }[];
}
interface ParameterValue {
  readonly value?: string | null;
  readonly arrayValues?: readonly ParameterValue[];
  readonly structValues?: Readonly<Record<string, ParameterValue>>;
  readonly rangeValue?: { readonly start?: ParameterValue; readonly end?: ParameterValue };
}

export function parametersOf(list: readonly QueryParameter[] = []): Map<string | number, Typed> {
  return new Map(
    list.map((p, i) => [
      p.name?.toLowerCase() ?? i,
      { ...parameterValue(p.parameterType ?? {}, p.parameterValue ?? {}), literal: 'parameter' as const },
    ]),
  );
}

function typeOfParameter(t: ParameterType): Type {
  if (t.type === 'ARRAY') return arrayOf(typeOfParameter(t.arrayType ?? {}));
  if (t.type === 'STRUCT')
    return {
      kind: 'STRUCT',
      fields: (t.structTypes ?? []).map((f) => ({
        type: typeOfParameter(f.type ?? {}),
        ...(f.name !== undefined && { name: f.name }),
      })),
    };
  const kind = scalarKind(t.type ?? '', t.rangeElementType?.type);
  if (!kind) throw new SqlError(`Invalid parameter type: ${t.type}`, undefined, 'invalid');
  return { kind };
}

function parameterValue(t: ParameterType, v: ParameterValue): Typed {
  const type = typeOfParameter(t);
  if (type.kind === 'ARRAY')
    return {
      type,
      sql: `CAST([${(v.arrayValues ?? []).map((item) => parameterValue(t.arrayType ?? {}, item).sql).join(', ')}] AS ${duckType(type)})`,
    };
  if (type.kind === 'STRUCT')
    return {
      ...structOf(
        (t.structTypes ?? []).map((f) => parameterValue(f.type ?? {}, v.structValues?.[f.name ?? ''] ?? {})),
        type.fields,
      ),
    };
  const ends = v.rangeValue && [v.rangeValue.start, v.rangeValue.end];
  if (ends)
    return {
      type,
      sql: literalOf(type.kind, `[${ends.map((end) => end?.value ?? 'UNBOUNDED').join(', ')})`),
    };
  return {
    type,
    sql:
      v.value === null || v.value === undefined
        ? `CAST(NULL AS ${duckType(type)})`
        : scalar(type.kind, String(v.value)),
  };
}

function scalar(kind: string, value: string): string {
  const invalid = (): never => {
    throw new SqlError(`Invalid value for ${kind} parameter: ${value}`, undefined, 'invalid');
  };
  switch (kind) {
    case 'INT64':
      return /^\s*[+-]?\d+\s*$/.test(value) ? `CAST(${BigInt(value)} AS BIGINT)` : invalid();
    case 'FLOAT64':
      return `CAST(${text(value)} AS DOUBLE)`;
    case 'BOOL':
      return /^(true|false)$/i.test(value) ? value.toLowerCase() : invalid();
    case 'STRING':
      return text(value);
    case 'BYTES':
      return `from_base64(${text(value)})`;
    case 'BIGNUMERIC':
      return `bq_to_bignumeric(${text(value)})`;
    case 'INTERVAL':
      return `bq_to_interval(${text(value)})`;
    case 'JSON':
      return `CAST(${text(value)} AS JSON)`;
    default:
      return literalOf(kind, value);
  }
}
