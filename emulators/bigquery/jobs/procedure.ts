import type { RoutineResource } from '../engine/metadata.ts';
import { notServed, SqlError } from '../sql/sql-error.ts';
import { arrayOf, scalarKind, type Type } from '../sql/types.ts';

export interface ProcedureArgument {
  readonly name: string;
  readonly mode: 'IN' | 'OUT' | 'INOUT';
  readonly type: Type;
}
/** A StandardSqlDataType as routines and parameters carry it. */
export interface DataType {
  readonly typeKind?: string;
  readonly arrayElementType?: DataType;
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
  const kind = scalarKind(data?.typeKind ?? '');
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
  return { typeKind: type.kind };
}

export function procedureArguments(routine: RoutineResource): ProcedureArgument[] {
  if (routine.body.routineType !== 'PROCEDURE')
    throw notServed(`CALL of a ${String(routine.body.routineType)}`);
  const list = (routine.body.arguments ?? []) as readonly {
    name?: string;
    mode?: string;
    dataType?: DataType;
  }[];
  return list.map((a) => ({
    name: a.name ?? '',
    mode: (a.mode ?? 'IN') as 'IN',
    type: typeOfData(a.dataType),
  }));
}
