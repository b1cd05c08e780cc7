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
 * Write: the result goes to a temporary table, so that two runs at the same time never see one another's rows.
 * Audit: the assertions run on that table. The first that fails raises its message and ends the procedure.
 * Publish: in one transaction the day (or the whole table) is replaced. Readers see the old rows or the new.
 * Building the same day again publishes the same rows.
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
  const audited = `audited_${name}`;
  const onAudited = (assertion: Assertion): Assertion => ({
    ...assertion,
    query: assertion.query.replaceAll(quoted(model.target), audited),
  });
  const assertions = model.assertions.map(onAudited);
  return [
    ...createJournal(journal),
    `CREATE OR REPLACE TEMP TABLE ${audited} AS\n${model.query}`,
    ...assertions.filter((one) => one.severity === 'fail').map((one) => failing(name, one)),
    ...assertions.filter((one) => one.severity === 'warn').map((one) => recordWarning(journal, name, one)),
    ...(model.kind === 'view' ? publishView(model) : publishRows(model, audited)),
    recordBuild(journal, name, audited),
  ];
}

function failing(model: string, { name, expected, query }: Assertion): string {
  const message = `assertion ${name} failed, ${model} is not published: expected ${expected}`;
  return `ASSERT NOT EXISTS (\n${query}\n) AS ${literal(message)}`;
}

function publishView(model: Model): string[] {
  return [`CREATE OR REPLACE VIEW ${quoted(model.target)} AS\n${model.query}`];
}

/** The table is created once and then only its rows are replaced: grants, descriptions and time travel stay. */
function publishRows(model: Model, audited: string): string[] {
  const target = quoted(model.target);
  const columns = model.columns.map((column) => column.name).join(', ');
  const definitions = model.columns.map((column) => `  ${column.name} ${column.type}`).join(',\n');
  return [
    [
      `CREATE TABLE IF NOT EXISTS ${target} (\n${definitions}\n)`,
      ...(model.partitionBy ? [`PARTITION BY ${model.partitionBy}`] : []),
      ...(model.clusterBy.length > 0 ? [`CLUSTER BY ${model.clusterBy.join(', ')}`] : []),
    ].join('\n'),
    'BEGIN TRANSACTION',
    ...deletions(model, audited),
    `INSERT INTO ${target} (${columns})\nSELECT ${columns}\nFROM ${audited}`,
    'COMMIT TRANSACTION',
  ];
}

function deletions(model: Model, audited: string): string[] {
  const target = quoted(model.target);
  if (model.kind !== 'incremental') return [`DELETE FROM ${target} WHERE TRUE`];
  const sameKey = model.key.map((column) => `audited.${column} = published.${column}`).join(' AND ');
  return [
    `DELETE FROM ${target} WHERE ${model.partitionBy} = day`,
    // A row whose day was corrected would otherwise stay in its old day too.
    `DELETE FROM ${target} AS published
WHERE EXISTS (SELECT 1 FROM ${audited} AS audited WHERE ${sameKey})`,
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
