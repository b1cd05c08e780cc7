import { InputError } from '../runtime/index.ts';
import { createJournal, journalOf, recordBuild, recordWarning } from './journal.ts';
import { type Assertion, type CompiledProject, type Model, quoted } from './project.ts';
import { literal } from './text.ts';

export interface Procedure {
  readonly dataset: string;
  readonly name: string;
  readonly arguments: readonly { readonly name: string; readonly type: string }[];
  /** A block, BEGIN … END. It names tables that it creates itself: strict mode would refuse it beforehand. */
  readonly body: string;
  readonly description: string;
}

export const procedureName = (model: string): string => `build_${model}`;

/**
 * One procedure per model, `CALL ops.build_<model>(day)`, and one per planning query.
 *
 * Write: within a transaction the rows of the day (or all rows) are replaced by the result of the query.
 * Audit: within the same transaction the assertions run on what it has written. The first that fails raises its
 * message, and the transaction is rolled back: the published rows were never touched.
 * Publish: COMMIT. Readers see the old rows or the new, and building the same day again publishes the same rows.
 *
 * The transaction stands for the staging partition. A staging table would be shared by runs of two days at once:
 * one could publish what the other wrote and nobody audited. And it would let the audit compare rows with raw
 * tables that have moved on; a transaction reads one snapshot.
 */
export function procedures(compiled: CompiledProject): Procedure[] {
  const day = [{ name: 'day', type: 'DATE' }];
  const builds = compiled.models.map((model) => ({
    dataset: compiled.datasets.ops,
    name: procedureName(model.target.name),
    arguments: day,
    body: block(['DECLARE started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP()', ...build(model, compiled)]),
    description: `Writes, audits and publishes ${model.target.name}: ${model.description}`,
  }));
  const planning = compiled.planning.map(({ target, description, query }) => ({
    dataset: target.dataset,
    name: target.name,
    arguments: day,
    body: block([...createJournal(journalOf(compiled)), query]),
    description,
  }));
  return [...builds, ...planning];
}

/** The statement that creates a procedure, wherever a statement is easier than the routines API. */
export function createProcedure(project: string, procedure: Procedure): string {
  const { dataset, name, description, body } = procedure;
  const list = procedure.arguments.map((argument) => `${argument.name} ${argument.type}`).join(', ');
  return `CREATE OR REPLACE PROCEDURE ${quoted({ project, dataset, name })}(${list})
OPTIONS (strict_mode = FALSE, description = ${literal(description)})
${body};`;
}

function build(model: Model, compiled: CompiledProject): string[] {
  refuseUnusable(model);
  const journal = journalOf(compiled);
  const name = model.target.name;
  const written = writtenRows(model);
  const assertions = model.assertions.map((one) => ({
    ...one,
    query: one.query.replaceAll(quoted(model.target), () => written),
  }));
  return [
    ...createJournal(journal),
    ...(model.kind === 'view' ? [] : [createTable(model)]),
    'BEGIN TRANSACTION',
    ...(model.kind === 'view' ? [] : write(model)),
    ...assertions.filter((one) => one.severity === 'fail').map((one) => failing(name, one)),
    ...assertions.filter((one) => one.severity === 'warn').map((one) => recordWarning(journal, name, one)),
    recordBuild(journal, name, written),
    'COMMIT TRANSACTION',
    ...(model.kind === 'view' ? [createView(model)] : []),
  ];
}

/** What the transaction has written, or for a view: what it would show. */
function writtenRows(model: Model): string {
  if (model.kind === 'view') return `(\n${model.query}\n)`;
  const target = quoted(model.target);
  return model.kind === 'table' ? target : `(SELECT * FROM ${target} WHERE ${model.partitionBy} = day)`;
}

function failing(model: string, { name, expected, query }: Assertion): string {
  const message = `assertion ${name} failed, ${model} is not published: expected ${expected}`;
  return `ASSERT NOT EXISTS (\n${query}\n) AS ${literal(message)}`;
}

function createView(model: Model): string {
  return `CREATE OR REPLACE VIEW ${quoted(model.target)} AS\n${model.query}`;
}

/** Created once; then only its rows are replaced: grants, descriptions and time travel stay. */
function createTable(model: Model): string {
  const definitions = model.columns.map((column) => `  ${column.name} ${column.type}`).join(',\n');
  return [
    `CREATE TABLE IF NOT EXISTS ${quoted(model.target)} (\n${definitions}\n)`,
    ...(model.partitionBy ? [`PARTITION BY ${model.partitionBy}`] : []),
    ...(model.clusterBy.length > 0 ? [`CLUSTER BY ${model.clusterBy.join(', ')}`] : []),
  ].join('\n');
}

function write(model: Model): string[] {
  const target = quoted(model.target);
  const columns = model.columns.map((column) => column.name).join(', ');
  const insert = `INSERT INTO ${target} (${columns})\n${model.query}`;
  if (model.kind === 'table') return [`DELETE FROM ${target} WHERE TRUE`, insert];
  const sameKey = model.key.map((column) => `written.${column} = published.${column}`).join(' AND ');
  return [
    `DELETE FROM ${target} WHERE ${model.partitionBy} = day`,
    insert,
    // A row whose day was corrected would otherwise stay in its old day too.
    `DELETE FROM ${target} AS published
WHERE published.${model.partitionBy} != day
  AND EXISTS (SELECT 1 FROM ${writtenRows(model)} AS written WHERE ${sameKey})`,
  ];
}

function refuseUnusable(model: Model): void {
  const name = model.target.name;
  if (model.columns.length === 0 || model.key.length === 0) {
    throw new InputError(`${name} has no key or no columns`, {
      expected: 'metadata: about.model({ grain, key }) and columns with descriptions',
    });
  }
  // Inside a query a column wins over the procedure's argument of the same name: `day = day` would hold always.
  if (model.columns.some((column) => column.name === 'day')) {
    throw new InputError(`${name} has a column called day`, { expected: 'another name, such as order_date' });
  }
}

function block(statements: readonly string[]): string {
  return `BEGIN\n${statements.map((statement) => `${statement};\n`).join('\n')}END`;
}
