import type { RoutineResource } from '../engine/metadata.ts';
import { type DataType, typeOfData } from '../engine/routines.ts';
import { notServed } from '../sql/sql-error.ts';
import type { Type } from '../sql/types.ts';

export interface ProcedureArgument {
  readonly name: string;
  readonly mode: 'IN' | 'OUT' | 'INOUT';
  readonly type: Type;
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
