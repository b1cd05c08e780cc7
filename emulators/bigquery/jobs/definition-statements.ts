import { copiedColumns, copyDefinition } from '../engine/copies.ts';
import {
  createDataset,
  createTable,
  deleteDataset,
  dropRoutine,
  dropTable,
  putRoutine,
} from '../engine/definitions.ts';
import { duplicate, notFound } from '../engine/errors.ts';
import type { TableBody } from '../engine/metadata.ts';
import { dataTypeOf, functionBody } from '../engine/routines.ts';
import { columnOf, fieldOf, type SchemaField } from '../engine/schema.ts';
import { withCollation } from '../engine/table-defaults.ts';
import type { Analysis } from '../sql/analyze/context.ts';
import { assigned } from '../sql/analyze/dml.ts';
import { type ColumnInfo, columnValue, type Relation, type SqlRoutine } from '../sql/analyze/relation.ts';
import { expandBody, refuseAggregates, withAnyArguments } from '../sql/analyze/routines.ts';
import type { Options, Statement, StatementOf } from '../sql/parse/syntax.ts';
import { notServed, SqlError } from '../sql/sql-error.ts';
import { duckType, quoted, typeOf } from '../sql/types.ts';
import { alterOptions, alterTable } from './alter-statements.ts';
import { exportData } from './extract/export-data.ts';
import { withForeignKeys } from './foreign-keys.ts';
import { loadData } from './load/load-data.ts';
import type { Outcome, Session, Setting, Work } from './session.ts';
import { targetOf } from './statement-target.ts';
import { constantOptions, instantOf, optionsBody, optionText } from './table-options.ts';
import { columnField, propertiesBody } from './table-properties.ts';

/** CREATE, DROP and ALTER: the same engine functions that the REST actions call. */
export async function define(
  s: Statement,
  session: Session,
  setting: Pick<Setting, 'place' | 'text'>,
  a: Analysis,
): Promise<Outcome> {
  const work: Work = { session, setting, a };
  const target = targetOf(s, work);
  const outcome = await defined(s, work);
  return { ...outcome, ...(target && { target }) };
}

function defined(s: Statement, work: Work): Promise<Outcome> {
  switch (s.kind) {
    case 'createTable':
      return createTableStatement(s, work);
    case 'createView':
      return createViewStatement(s, work);
    case 'createSchema':
      return createSchemaStatement(s, work);
    case 'createProcedure':
      return createProcedureStatement(s, work);
    case 'drop':
      return dropStatement(s, work);
    case 'createFunction':
      return createFunctionStatement(s, work);
    case 'alterTable':
      return alterTable(s, work);
    case 'alterOptions':
      return alterOptions(s, work);
    case 'export':
      return exportData(s, work);
    case 'load':
      return loadData(s, work);
    default:
      throw notServed(`The statement ${s.kind}`, s.at);
  }
}

async function createTableStatement(
  s: StatementOf<'createTable'>,
  { session, setting, a }: Work,
): Promise<Outcome> {
  const type = s.snapshot ? 'CREATE_SNAPSHOT_TABLE' : s.query ? 'CREATE_TABLE_AS_SELECT' : 'CREATE_TABLE';
  const relation = s.query && a.statement(s.query);
  if (s.temporary) return temporaryTable(s, relation, session, a);
  const { engine } = session;
  const name = engine.locate(s.table, setting.place, s.at);
  const existing = engine.metadata.table(name.project, name.dataset, name.table);
  if (existing && s.mode === 'ifNotExists') return { statementType: type };
  if (existing && s.mode === 'create')
    throw duplicate('Table', `${name.project}:${name.dataset}.${name.table}`);
  const source = s.like && engine.findTable(s.like.table, setting.place, s.at);
  if (s.snapshot && s.like?.how !== 'CLONE') throw new SqlError('CREATE SNAPSHOT TABLE needs CLONE', s.at);
  const { snapshotDefinition: _, cloneDefinition: __, ...like } = source?.body ?? ({} as TableBody);
  const { asOf } = s.like ?? {};
  const micros = asOf ? await instantOf(asOf, { session, setting, a }) : engine.nowMicros();
  const how = s.snapshot ? 'SNAPSHOT' : 'CLONE';
  const options = await constantOptions(s.properties.options, { session, setting, a });
  const properties = propertiesBody({ ...s.properties, options }, s.primaryKey);
  const made: TableBody = source
    ? ({
        // What its columns are compared by they bring along.
        defaultCollation: '',
        ...like,
        ...properties,
        ...(s.like?.how === 'CLONE' && copyDefinition(how, source, micros)),
      } as TableBody)
    : {
        type: 'TABLE',
        schema: { fields: fieldsOf(s, relation) },
        ...properties,
      };
  const body = withForeignKeys(made, s.foreignKeys ?? [], name, { session, setting, a });
  const columns = body.schema.fields.map(columnOf);
  const fill = relation
    ? fillFrom(relation, columns, s.at)
    : source && s.like?.how !== 'LIKE' && columns.length > 0
      ? `(${copiedColumns(source.body, body)}) SELECT ${copiedColumns(source.body, body)} FROM ${asOf ? engine.history.at(source, micros) : source.sql}`
      : undefined;
  await session.settle(a, ...(source ? [source.sql] : []));
  const rows = await session.writing(() =>
    createTable(engine, session.connection, name, body, {
      replace: s.mode === 'replace',
      ...(fill && { fill }),
    }),
  );
  session.rowCount = rows;
  return { statementType: type };
}

function fieldsOf(s: StatementOf<'createTable'>, relation: Relation | undefined): SchemaField[] {
  if (s.columns) return s.columns.map(columnField);
  if (!relation) throw new SqlError('CREATE TABLE needs columns or a query', s.at);
  return relation.columns.map((c, i) => {
    if (c.name === undefined)
      throw new SqlError(`CREATE TABLE columns must be named, but column ${i + 1} has no name`, s.at);
    return fieldOf(c.name, c.type);
  });
}

const fillFrom = (relation: Relation, columns: readonly ColumnInfo[], at: number): string => {
  if (relation.columns.length !== columns.length)
    throw new SqlError(
      `The number of columns in the column definition list does not match the number of columns produced by the query`,
      at,
    );
  return `(${columns.map((c) => quoted(c.name)).join(', ')}) SELECT ${relation.columns.map((c, i) => assigned(columnValue(c, 'q'), columns[i] as ColumnInfo, at)).join(', ')} FROM (${relation.sql}) AS q`;
};

/** Kept by the connection alone, and gone with it. */
async function temporaryTable(
  s: StatementOf<'createTable'>,
  relation: Relation | undefined,
  session: Session,
  a: Analysis,
): Promise<Outcome> {
  const table = s.table.at(-1) ?? '';
  const sql = `temp.${quoted(table)}`;
  if (session.temporary.has(table.toLowerCase()) && s.mode === 'create') throw duplicate('Table', table);
  const { defaultCollation } = propertiesBody(s.properties, s.primaryKey);
  const fields = withCollation(fieldsOf(s, relation), defaultCollation);
  const columns = fields.map(columnOf);
  await session.settle(a);
  await session.connection.run(
    `CREATE OR REPLACE TEMP TABLE ${quoted(table)} (${columns.map((c) => `${quoted(c.name)} ${duckType(c.type)}`).join(', ')})`,
  );
  if (relation) await session.connection.run(`INSERT INTO ${sql} ${fillFrom(relation, columns, s.at)}`);
  session.temporary.set(table.toLowerCase(), { project: '', dataset: '_SESSION', table, columns, sql });
  return { statementType: relation ? 'CREATE_TABLE_AS_SELECT' : 'CREATE_TABLE' };
}

async function createViewStatement(
  s: StatementOf<'createView'>,
  { session, setting, a }: Work,
): Promise<Outcome> {
  const { engine } = session;
  const name = engine.locate(s.table, setting.place, s.at);
  const statementType = s.materialized ? 'CREATE_MATERIALIZED_VIEW' : 'CREATE_VIEW';
  if (engine.metadata.table(name.project, name.dataset, name.table) && s.mode === 'ifNotExists')
    return { statementType };
  const relation = a.statement(s.query);
  if (s.names && s.names.length !== relation.columns.length)
    throw new SqlError('The number of columns of the view does not match its query', s.at);
  const fields = relation.columns.map(({ type, name: own }, i) => {
    const c = { type, name: s.names?.[i] ?? own };
    if (c.name === undefined)
      throw new SqlError(`CREATE VIEW columns must be named, but column ${i + 1} has no name`, s.at);
    return fieldOf(c.name, c.type);
  });
  const options = await constantOptions(s.options, { session, setting, a });
  const body: TableBody = {
    type: s.materialized ? 'MATERIALIZED_VIEW' : 'VIEW',
    schema: { fields },
    [s.materialized ? 'materializedView' : 'view']: { query: s.text },
    ...(s.names && { viewColumns: s.names }),
    ...optionsBody(options),
  };
  await session.writing(() =>
    createTable(engine, session.connection, name, body, { replace: s.mode === 'replace' }),
  );
  return { statementType };
}

async function createSchemaStatement(s: StatementOf<'createSchema'>, work: Work): Promise<Outcome> {
  const { session, setting } = work;
  const [project, dataset] =
    s.dataset.length > 1
      ? [s.dataset[0] ?? '', s.dataset[1] ?? '']
      : [setting.place.project, s.dataset[0] ?? ''];
  const { engine } = session;
  const options = await constantOptions(s.options, work);
  if (!(engine.metadata.dataset(project, dataset) && s.mode === 'ifNotExists'))
    await createDataset(engine, project, dataset, {
      location: optionText(options, 'location') ?? 'US',
      ...optionsBody(options),
    });
  return { statementType: 'CREATE_SCHEMA' };
}

async function createProcedureStatement(
  s: StatementOf<'createProcedure'>,
  { session, setting }: Work,
): Promise<Outcome> {
  const { engine } = session;
  const { project, dataset, table: routine } = engine.locate(s.routine, setting.place, s.at);
  if (engine.metadata.routine(project, dataset, routine) && s.mode === 'ifNotExists')
    return { statementType: 'CREATE_PROCEDURE' };
  const body = {
    routineType: 'PROCEDURE',
    language: 'SQL',
    definitionBody: s.body,
    arguments: s.arguments.map((x) => ({ name: x.name, mode: x.mode, dataType: dataTypeOf(typeOf(x.type)) })),
    ...described(s.options),
  };
  await session.writing(() =>
    putRoutine(engine, session.connection, { project, dataset, routine }, body, s.mode === 'replace'),
  );
  return { statementType: 'CREATE_PROCEDURE' };
}

function described(options: Options): object {
  const description = optionText(options, 'description');
  return description === undefined ? {} : { description };
}

const routineTypes: Readonly<Record<string, string>> = {
  PROCEDURE: 'PROCEDURE',
  FUNCTION: 'SCALAR_FUNCTION',
  'TABLE FUNCTION': 'TABLE_VALUED_FUNCTION',
  'AGGREGATE FUNCTION': 'AGGREGATE_FUNCTION',
};
const functionKinds = {
  SCALAR: 'SCALAR_FUNCTION',
  AGGREGATE: 'AGGREGATE_FUNCTION',
  TABLE: 'TABLE_VALUED_FUNCTION',
} as const;

async function createFunctionStatement(
  s: StatementOf<'createFunction'>,
  { session, setting, a }: Work,
): Promise<Outcome> {
  const statementType = s.what === 'TABLE' ? 'CREATE_TABLE_FUNCTION' : 'CREATE_FUNCTION';
  const routine: SqlRoutine = {
    name: s.routine.at(-1) ?? '',
    kind: functionKinds[s.what],
    body: s.body,
    arguments: s.arguments.map(({ name, type, table }) => ({
      name,
      ...(type && { type: typeOf(type) }),
      ...(table && { table }),
    })),
    ...(s.returns && { returns: typeOf(s.returns) }),
  };
  checkFunction(routine, s.at, a);
  const key = routine.name.toLowerCase();
  if (s.temporary) {
    if (session.functions.has(key) && s.mode === 'create') throw duplicate('Function', routine.name);
    session.functions.set(key, routine);
    return { statementType };
  }
  const { engine } = session;
  const { project, dataset, table } = engine.locate(s.routine, setting.place, s.at);
  if (engine.metadata.routine(project, dataset, table) && s.mode === 'ifNotExists') return { statementType };
  await session.writing(() =>
    putRoutine(
      engine,
      session.connection,
      { project, dataset, routine: table },
      { ...functionBody(routine), ...described(s.options) },
      s.mode === 'replace',
    ),
  );
  return { statementType };
}

/** With arguments of the declared types the body must make sense; with ANY TYPE that is seen at the call. */
function checkFunction(routine: SqlRoutine, at: number, a: Analysis): void {
  if (routine.kind === 'SCALAR_FUNCTION') refuseAggregates(routine, at);
  if (routine.arguments.some((x) => !x.type)) return;
  expandBody(routine, withAnyArguments(routine), at, a);
}

async function dropStatement(s: StatementOf<'drop'>, { session, setting }: Work): Promise<Outcome> {
  const { engine } = session;
  const statementType = `DROP_${s.what.replace(' ', '_')}`;
  if (s.what === 'SCHEMA') {
    const [project, dataset] =
      s.path.length > 1 ? [s.path[0] ?? '', s.path[1] ?? ''] : [setting.place.project, s.path[0] ?? ''];
    if (!(s.ifExists && !engine.metadata.dataset(project, dataset)))
      await deleteDataset(engine, project, dataset, s.cascade);
    return { statementType };
  }
  const temporary =
    s.what === 'TABLE' && s.path.length === 1
      ? session.temporary.get((s.path[0] ?? '').toLowerCase())
      : undefined;
  if (temporary) {
    await session.connection.run(`DROP TABLE ${temporary.sql}`);
    session.temporary.delete(temporary.table.toLowerCase());
    return { statementType };
  }
  if (
    /^(AGGREGATE )?FUNCTION$/.test(s.what) &&
    s.path.length === 1 &&
    session.functions.delete((s.path[0] ?? '').toLowerCase())
  )
    return { statementType };
  const { project, dataset, table } = engine.locate(s.path, setting.place, s.at);
  if (/PROCEDURE|FUNCTION/.test(s.what)) {
    const routine = engine.metadata.routine(project, dataset, table);
    if (routine && routineTypes[s.what] === routine.body.routineType)
      await session.writing(() => dropRoutine(engine, session.connection, routine));
    else if (!s.ifExists) throw notFound('Routine', `${project}:${dataset}.${table}`);
    return { statementType };
  }
  const found = engine.metadata.table(project, dataset, table);
  if (!found && s.ifExists) return { statementType };
  if (!found) throw notFound('Table', `${project}:${dataset}.${table}`);
  if (found.body.type !== s.what.replace('SNAPSHOT TABLE', 'TABLE').replace(' ', '_'))
    throw new SqlError(
      `Cannot drop ${project}:${dataset}.${table} which has type ${found.body.type}. Did you mean DROP ${found.body.type}?`,
      s.at,
    );
  await session.writing(() => dropTable(engine, session.connection, found));
  return { statementType };
}
