import type { SqlRoutine } from '../sql/analyze/relation.ts';
import { SqlError } from '../sql/sql-error.ts';
import { arrayOf, rangeElement, scalarKind, type Type } from '../sql/types.ts';
import type { Body, RoutineResource } from './metadata.ts';

/** A StandardSqlDataType as routines and parameters carry it. */
export interface DataType {
  readonly typeKind?: string;
  readonly arrayElementType?: DataType;
  readonly rangeElementType?: DataType;
  readonly structType?: { readonly fields?: readonly { readonly name?: string; readonly type?: DataType }[] };
}

export function typeOfData(data: DataType | undefined): Type {
  if (data?.typeKind === 'ARRAY') return arrayOf(typeOfData(data.arrayElementType));
  if (data?.typeKind === 'STRUCT')
    return {
      kind: 'STRUCT',
      fields: (data.structType?.fields ?? []).map((f) => ({
        type: typeOfData(f.type),
        ...(f.name !== undefined && { name: f.name }),
      })),
    };
  const kind = scalarKind(data?.typeKind ?? '', data?.rangeElementType?.typeKind);
  if (!kind)
    throw new SqlError(
      `Invalid value for typeKind: ${data?.typeKind} is not a valid value (or not supported by the emulator)`,
      undefined,
      'invalid',
    );
  return { kind };
}

export function dataTypeOf(type: Type): DataType {
  if (type.kind === 'ARRAY') return { typeKind: 'ARRAY', arrayElementType: dataTypeOf(type.of) };
  if (type.kind === 'STRUCT')
    return {
      typeKind: 'STRUCT',
      structType: {
        fields: type.fields.map((f) => ({
          ...(f.name !== undefined && { name: f.name }),
          type: dataTypeOf(f.type),
        })),
      },
    };
  const element = rangeElement(type);
  return element ? { typeKind: 'RANGE', rangeElementType: dataTypeOf(element) } : { typeKind: type.kind };
}

interface ArgumentBody {
  readonly name?: string;
  readonly argumentKind?: string;
  readonly dataType?: DataType;
}

/** A function as analysis sees it; undefined for procedures and functions in other languages. */
export function sqlRoutine({
  routine,
  body,
}: Pick<RoutineResource, 'routine' | 'body'>): SqlRoutine | undefined {
  const kinds = ['SCALAR_FUNCTION', 'AGGREGATE_FUNCTION', 'TABLE_VALUED_FUNCTION'] as const;
  const kind = kinds.find((known) => known === body.routineType);
  if (!kind || (body.language ?? 'SQL') !== 'SQL') return undefined;
  const table = body.returnTableType as
    | { columns?: NonNullable<DataType['structType']>['fields'] }
    | undefined;
  const asTable = table && { typeKind: 'STRUCT', structType: { fields: table.columns ?? [] } };
  const returns = (body.returnType ?? asTable) as DataType | undefined;
  return {
    name: routine,
    kind,
    body: String(body.definitionBody ?? ''),
    arguments: ((body.arguments ?? []) as readonly ArgumentBody[]).map((a) => ({
      name: a.name ?? '',
      ...(a.dataType && a.argumentKind !== 'ANY_TYPE' && { type: typeOfData(a.dataType) }),
      ...(a.argumentKind === 'FIXED_TABLE' && { table: true }),
    })),
    ...(returns && { returns: typeOfData(returns) }),
  };
}

const returned = (kind: SqlRoutine['kind'], type: Type): Body =>
  kind === 'TABLE_VALUED_FUNCTION'
    ? { returnTableType: { columns: dataTypeOf(type).structType?.fields ?? [] } }
    : { returnType: dataTypeOf(type) };

/** What the service keeps of a function that a statement makes. */
export function functionBody(r: SqlRoutine): Body {
  return {
    routineType: r.kind,
    language: 'SQL',
    definitionBody: r.body,
    arguments: r.arguments.map((a) => ({
      name: a.name,
      ...(a.type ? { dataType: dataTypeOf(a.type) } : { argumentKind: 'ANY_TYPE' }),
      ...(a.table && { argumentKind: 'FIXED_TABLE' }),
    })),
    ...(r.returns && returned(r.kind, r.returns)),
  };
}
