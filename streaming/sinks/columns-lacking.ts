import { type BigQueryField, typeName } from '../../contracts/index.ts';
import { SetupError } from '../../runtime/index.ts';

/** A column as either API tells it: REST may use an old name of a type, Storage Write always the new one. */
export interface ColumnThere {
  readonly name?: string | null;
  readonly type?: unknown;
  readonly mode?: unknown;
}

/** The columns that may be added to a table as it is. Throws what only a person can mend. */
export function columnsLacking(
  table: string,
  wanted: readonly BigQueryField[],
  there: readonly ColumnThere[],
): BigQueryField[] {
  const byName = new Map(there.map((column) => [column.name?.toLowerCase(), column]));
  const lacking = wanted.filter(({ name }) => !byName.has(name));
  const conflicts = [
    ...wanted.flatMap((column) => conflictOf(column, byName.get(column.name))),
    ...lacking
      .filter(({ mode }) => mode === 'REQUIRED')
      .map(({ name }) => `${name} is missing, and a required column cannot be added to rows that lack it`),
  ];
  if (conflicts.length === 0) return lacking;
  throw new SetupError(`the table ${table} is another than the contract's: ${conflicts.join('; ')}`, {
    action: `Copy what is worth keeping, drop ${table} and make it anew (\`orderlake infra apply\`, \`cdktf deploy\`); rows wait until then`,
  });
}

function conflictOf({ name, type }: BigQueryField, there: ColumnThere | undefined): string[] {
  if (there === undefined) return [];
  const found = `${typeName(String(there.type))}${there.mode === 'REPEATED' ? ' REPEATED' : ''}`;
  return found === type ? [] : [`${name} is ${found}, expected ${type}`];
}
