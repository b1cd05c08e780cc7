import { atomically } from '../engine/database.ts';
import { rebuildTable, updateDataset, updateTable } from '../engine/definitions.ts';
import { duplicate, notFound } from '../engine/errors.ts';
import { fieldTypeName } from '../engine/information-schema/columns.ts';
import { schemaName, type TableBody, type TableResource } from '../engine/metadata.ts';
import { fieldType, type SchemaField, storedType } from '../engine/schema.ts';
import type { StatementOf, TableChange } from '../sql/parse/syntax.ts';
import { SqlError } from '../sql/sql-error.ts';
import { coerce, coercionCost } from '../sql/typed.ts';
import { quoted, text, typeOf } from '../sql/types.ts';
import { withForeignKeys, withoutConstraint } from './foreign-keys.ts';
import type { Outcome, Work } from './session.ts';
import { alteredBody, constantOptions, optionsBody, optionText } from './table-options.ts';
import { columnField, typedField } from './table-properties.ts';

type Of<K extends TableChange['kind']> = Extract<TableChange, { kind: K }>;

/** The actions in their order; each leaves the table and what is known about it in step. */
export async function alterTable(s: StatementOf<'alterTable'>, work: Work): Promise<Outcome> {
  const { session, setting, a } = work;
  const { engine } = session;
  const outcome: Outcome = { statementType: 'ALTER_TABLE' };
  const { project, dataset, table } = engine.locate(s.table, setting.place, s.at);
  if (s.ifExists && !engine.metadata.table(project, dataset, table)) return outcome;
  await session.settle(a, engine.findTable(s.table, setting.place, s.at).sql);
  for (const change of s.changes)
    await session.writing(() => applied(change, engine.findTable(s.table, setting.place, s.at), work, s.at));
  return outcome;
}

async function applied(change: TableChange, table: TableResource, work: Work, at: number): Promise<void> {
  const { fields } = table.body.schema;
  const described = (body: Partial<TableBody>): Promise<void> =>
    updateTable(work.session.engine, work.session.connection, table, { ...table.body, ...body });
  const field = (name: string, edit: (f: SchemaField) => SchemaField): Promise<void> =>
    described({ schema: { fields: fields.map((f) => (f === column(table, name, at) ? edit(f) : f)) } });
  switch (change.kind) {
    case 'add':
      if (has(table, change.column.name)) {
        if (change.ifNotExists) return;
        throw new SqlError(`Column already exists: ${change.column.name}`, change.column.at);
      }
      return described({ schema: { fields: [...fields, columnField(change.column)] } });
    case 'options':
      return described(alteredBody(table.body, await constantOptions(change.options, work)));
    case 'primaryKey': {
      const { primaryKey: _, ...others } = table.body.tableConstraints ?? {};
      return described({
        tableConstraints: { ...others, ...(change.columns && { primaryKey: { columns: change.columns } }) },
      });
    }
    case 'foreignKey':
      return described(withForeignKeys(table.body, [change.key], table, work));
    case 'dropConstraint':
      return described({
        tableConstraints: withoutConstraint(table.body, change.name, change.ifExists, at) ?? {},
      });
    case 'dropNotNull':
      return field(change.column, (f) => ({ ...f, mode: 'NULLABLE' }));
    case 'columnOptions':
      return field(change.column, (f) => ({
        ...f,
        description: optionText(change.options, 'description') ?? f.description ?? '',
      }));
    case 'default':
      return field(change.column, ({ defaultValueExpression: _, ...f }) =>
        change.value === undefined ? f : { ...f, defaultValueExpression: change.value },
      );
    case 'drop':
    case 'rename':
    case 'type':
      return reshaped(change, table, work, at);
    case 'renameTable':
      return renamed(change, table, work);
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const has = (table: TableResource, name: string): boolean =>
  table.body.schema.fields.some((f) => same(f.name, name));

function column(table: TableResource, name: string, at: number): SchemaField {
  const found = table.body.schema.fields.find((f) => same(f.name, name));
  if (!found) throw new SqlError(`Column not found: ${name}`, at);
  return found;
}

async function reshaped(
  change: Of<'drop'> | Of<'rename'> | Of<'type'>,
  table: TableResource,
  { session }: Work,
  at: number,
): Promise<void> {
  if (change.kind !== 'type' && change.ifExists && !has(table, change.column)) return;
  const field = column(table, change.column, at);
  const structural = [
    ...((table.body.clustering as { fields?: readonly string[] } | undefined)?.fields ?? []),
    ...(table.body.tableConstraints?.primaryKey?.columns ?? []),
    ...(table.body.tableConstraints?.foreignKeys ?? []).flatMap((f) =>
      (f.columnReferences ?? []).map((r) => r.referencingColumn),
    ),
    table.body.timePartitioning?.field ?? '',
  ];
  if (structural.some((name) => same(name, field.name)))
    throw new SqlError(
      `Column ${field.name} is a partitioning, clustering or key column and cannot be changed`,
      at,
    );
  if (change.kind === 'rename' && has(table, change.to))
    throw new SqlError(`Column already exists: ${change.to}`, at);
  const next = change.kind === 'type' ? retyped(field, change, at) : field;
  const name = quoted(field.name);
  const how =
    change.kind === 'drop'
      ? `DROP COLUMN ${name}`
      : change.kind === 'rename'
        ? `RENAME COLUMN ${name} TO ${quoted(change.to)}`
        : `ALTER COLUMN ${name} SET DATA TYPE ${storedType(next)} USING ${retypedSql(name, field, next)}`;
  const fields = table.body.schema.fields.flatMap((f) =>
    f !== field
      ? [f]
      : change.kind === 'drop'
        ? []
        : [change.kind === 'rename' ? { ...f, name: change.to } : next],
  );
  if (fields.length === 0) throw new SqlError('A table must keep at least one column', at);
  const { engine, connection } = session;
  if (change.kind === 'type' && field.maxLength !== next.maxLength)
    return rebuildTable(engine, connection, table, { ...table.body, schema: { fields } });
  await engine.columnsChanging(connection, table);
  await atomically(connection, async () => {
    await connection.run(`ALTER TABLE ${table.sql} ${how}`);
    await engine.metadata.put(connection, 'table', table.project, table.dataset, table.table, {
      ...table.body,
      schema: { fields },
    });
  });
}

const retypedSql = (name: string, was: SchemaField, is: SchemaField): string =>
  `CAST(${coerce({ sql: name, type: fieldType(was) }, fieldType(is)).sql} AS ${storedType(is)})`;

/** How much fits, by what a type's parameters say: characters, digits before the point and behind it. */
function roomOf({ type, maxLength, precision, scale = '0' }: SchemaField): number[] {
  if (type === 'NUMERIC')
    return precision === undefined ? [29, 9] : [Number(precision) - Number(scale), Number(scale)];
  return [maxLength === undefined ? Infinity : Number(maxLength)];
}
const isNarrower = (next: SchemaField, before: SchemaField): boolean =>
  next.type === before.type && roomOf(next).some((room, i) => room < (roomOf(before)[i] ?? 0));

function retyped(field: SchemaField, change: Of<'type'>, at: number): SchemaField {
  const { precision: _, scale: __, maxLength: ___, ...rest } = field;
  const next = { ...rest, ...typedField(field.name, change.type, field.mode ?? 'NULLABLE') };
  const was = fieldType({ ...field, mode: 'NULLABLE' });
  const is = typeOf(change.type, 'anywhere');
  if (
    field.type === 'RECORD' ||
    isNarrower(next, field) ||
    coercionCost({ sql: '', type: was }, is) === undefined
  )
    throw new SqlError(
      `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${fieldTypeName(field)}) is assignable to the new type (${fieldTypeName(next)})`,
      at,
    );
  return next;
}

async function renamed(change: Of<'renameTable'>, table: TableResource, { session }: Work): Promise<void> {
  const { engine, connection } = session;
  const { project, dataset } = table;
  if (engine.metadata.table(project, dataset, change.to))
    throw duplicate('Table', `${project}:${dataset}.${change.to}`);
  const after = `${schemaName(project, dataset)}.${quoted(change.to)}`;
  await atomically(connection, async () => {
    await connection.run(`ALTER TABLE ${table.sql} RENAME TO ${quoted(change.to)}`);
    await connection.run(
      `UPDATE _emulator.deleted_keys SET table_name = ${text(after)} WHERE table_name = ${text(table.sql)}`,
    );
    await engine.metadata.remove(connection, 'table', project, dataset, table.table);
    await engine.metadata.put(connection, 'table', project, dataset, change.to, table.body);
  });
  engine.tableReplaced(table.sql);
  engine.history.renamed(table.sql, after);
}

/** ALTER SCHEMA | VIEW … SET OPTIONS. */
export async function alterOptions(s: StatementOf<'alterOptions'>, work: Work): Promise<Outcome> {
  const { session, setting } = work;
  const { engine } = session;
  const outcome: Outcome = { statementType: `ALTER_${s.what.replace(' ', '_')}` };
  const body = optionsBody(await constantOptions(s.options, work));
  if (s.what === 'SCHEMA') {
    const [dataset = '', project = setting.place.project] = s.path.toReversed();
    const found = engine.metadata.dataset(project, dataset);
    if (found) await updateDataset(engine, project, dataset, { ...found.body, ...body });
    else if (!s.ifExists) throw notFound('Dataset', `${project}:${dataset}`);
    return outcome;
  }
  const { project, dataset, table } = engine.locate(s.path, setting.place, s.at);
  if (s.ifExists && !engine.metadata.table(project, dataset, table)) return outcome;
  const found = engine.findTable(s.path, setting.place, s.at);
  await session.writing(() =>
    engine.metadata.put(session.connection, 'table', project, dataset, table, { ...found.body, ...body }),
  );
  return outcome;
}
