import { asSqlError, notFound } from '../engine/errors.ts';
import type { Place } from '../engine/metadata.ts';
import type { Analysis } from '../sql/analyze/context.ts';
import { analyseChange } from '../sql/analyze/dml.ts';
import { Scope } from '../sql/analyze/scope.ts';
import { sessionZone } from '../sql/analyze/time-zones.ts';
import { uncollated } from '../sql/collations.ts';
import { parseScript } from '../sql/parse/script.ts';
import type { Expr, Statement, StatementOf } from '../sql/parse/syntax.ts';
import { located, notServed, positionOf, SqlError } from '../sql/sql-error.ts';
import { coerce, type Typed } from '../sql/typed.ts';
import { BOOL, quoted, STRING, type Type, text, typeOf } from '../sql/types.ts';
import { changed } from './changed-rows.ts';
import { define } from './definition-statements.ts';
import { namedColumns } from './named-columns.ts';
import { procedureArguments } from './procedure.ts';
import type { QueryRequest } from './query-request.ts';
import {
  type Failure,
  Frame,
  type Outcome,
  type Session,
  type Setting,
  type Step,
  type Variable,
} from './session.ts';

class Jump extends Error {
  readonly to: 'BREAK' | 'CONTINUE' | 'RETURN';
  /** Of the loop or block it is about; without one it is the innermost loop. */
  readonly label: string | undefined;
  constructor(to: Jump['to'], label?: string) {
    super(to);
    this.to = to;
    this.label = label;
  }
}

/** By RAISE: its handler sees the text alone, without a position. */
class Raised extends SqlError {
  readonly text: string;
  constructor(text: string, at: number) {
    super(text, at);
    this.text = text;
  }
}

const maximumDepth = 50;
/** System variables that say where unqualified names lead. */
const places: Readonly<Record<string, keyof Place>> = {
  '@@dataset_id': 'dataset',
  '@@dataset_project_id': 'project',
};

/** The statements that the service runs as jobs of their own: all but those that only direct others. */
const directing = /^(declare|set|if|block|loop|for|jump|call|raise|execute|transaction)$/;
const isStep = (s: Statement | undefined): boolean => s !== undefined && !directing.test(s.kind);

/** Runs a script; what the last statement with rows gave is the script's answer. */
export class Interpreter {
  readonly #session: Session;
  readonly #outcomes: Outcome[] = [];
  #depth = 0;
  #isScript = false;
  /** The last error, and where it came from. */
  #failure: Failure | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  async run(
    statements: readonly Statement[],
    { query, place, parameters }: Pick<QueryRequest, 'query' | 'place' | 'parameters'>,
  ): Promise<Outcome> {
    // A copy: SET @@dataset_id changes it for what follows.
    const setting: Setting = { text: query, place: { ...place }, parameters, frame: this.#session.frame };
    if (statements.length === 0) throw new SqlError('Syntax error: Unexpected end of script at [1:1]');
    this.#isScript = statements.length > 1 || !isStep(statements[0]);
    try {
      await this.#all(statements, setting);
    } catch (error) {
      if (!(error instanceof Jump)) throw error;
    }
    const last = this.#outcomes.at(-1) ?? { statementType: 'SCRIPT' };
    if (statements.length === 1 && statements[0]?.kind !== 'call' && this.#outcomes.length === 1) return last;
    return {
      ...(this.#outcomes.findLast((o) => o.result) ?? {}),
      statementType: statements.length === 1 && statements[0]?.kind === 'call' ? 'CALL' : 'SCRIPT',
    };
  }

  async #all(statements: readonly Statement[], setting: Setting): Promise<void> {
    for (const statement of statements) {
      if (this.#session.cancelled) throw new SqlError('Job execution was cancelled', undefined, 'stopped');
      const startedAt = this.#session.engine.clock.now();
      const step = (how: Pick<Step, 'outcome' | 'error'>): void => {
        if (!this.#isScript || !isStep(statement)) return;
        const text = setting.text.slice(statement.at, statement.end);
        this.#session.onStep?.({ text, startedAt, ...how });
      };
      try {
        const outcome = await this.#one(statement, setting);
        if (outcome) {
          this.#outcomes.push(outcome);
          step({ outcome });
        }
      } catch (error) {
        if (error instanceof Jump) throw error;
        const known = asSqlError(error, setting.text);
        const placed =
          known.at === undefined && !/ at \[\d+:\d+\]$/.test(known.message) && known.reason === 'invalidQuery'
            ? located(new SqlError(known.message, statement.at), setting.text)
            : known;
        const frame = { ...positionOf(setting.text, statement.at), location: setting.routine };
        if (this.#failure?.error !== placed)
          this.#failure = {
            error: placed,
            message: error instanceof Raised ? error.text : placed.message,
            statement: setting.text.slice(statement.at, statement.end),
            stack: [frame],
          };
        else if (statement.kind === 'call') this.#failure.stack.push(frame);
        step({ error: placed });
        throw placed;
      }
    }
  }

  async #one(s: Statement, setting: Setting): Promise<Outcome | undefined> {
    const session = this.#session;
    switch (s.kind) {
      case 'select':
        return this.#select(s, setting);
      case 'insert':
      case 'delete':
      case 'update':
      case 'merge':
      case 'truncate':
        return this.#change(s, setting);
      case 'declare':
        return this.#declare(s, setting);
      case 'set':
        return this.#set(s, setting);
      case 'if': {
        for (const branch of s.branches)
          if (await this.#test(branch.when, setting)) return this.#nested(branch.body, setting);
        return this.#nested(s.otherwise, setting);
      }
      case 'block':
        return this.#block(s, setting);
      case 'loop':
        return this.#loop(s, setting);
      case 'for':
        return this.#forEach(s, setting);
      case 'jump':
        throw new Jump(s.to, s.target);
      case 'call':
        return this.#call(s, setting);
      case 'assert':
        if (!(await this.#test(s.condition, setting)))
          throw new SqlError(s.message ?? 'Assertion failed', s.at);
        return { statementType: 'ASSERT' };
      case 'raise': {
        if (s.message) throw new Raised(String(await this.#value(s.message, STRING, setting)), s.at);
        if (!session.handled)
          throw new SqlError('RAISE without a message outside an exception handler', s.at);
        this.#failure = session.handled;
        throw session.handled.error;
      }
      case 'execute':
        return this.#execute(s, setting);
      case 'transaction':
        await (s.what === 'BEGIN' ? session.begin() : session.end(s.what));
        return { statementType: `${s.what}_TRANSACTION` };
      default:
        if (session.inTransaction && !(s.kind === 'createTable' && s.temporary))
          throw new SqlError(
            'DDL statements are not supported in a transaction, except for those on temporary tables',
            s.at,
          );
        return define(s, session, setting, this.#analysis(setting));
    }
  }

  #analysis(setting: Setting): Analysis {
    return this.#session.analysis(setting.place, setting.parameters, setting.frame);
  }

  async #select(s: StatementOf<'select'>, setting: Setting): Promise<Outcome> {
    const analysis = this.#analysis(setting);
    const relation = analysis.statement(s.query);
    const columns = namedColumns(relation, s.at);
    await this.#session.settle(analysis);
    return { statementType: 'SELECT', result: await this.#session.select(relation.sql, columns) };
  }

  async #change(
    s: StatementOf<'insert' | 'delete' | 'update' | 'merge' | 'truncate'>,
    setting: Setting,
  ): Promise<Outcome> {
    const session = this.#session;
    const analysis = this.#analysis(setting);
    const change = analyseChange(s, analysis);
    await session.settle(analysis, change.table.sql);
    if (/^(update|delete|merge)$/.test(s.kind) && session.engine.inflow.isChangedByKey(change.table.sql))
      throw new SqlError(
        'DELETE/UPDATE/MERGE DMLs are currently not supported over tables that had UPSERT streams.',
        undefined,
        'invalid',
      );
    const affected = await session.writing(async () => {
      await session.engine.tableChanging(session.connection, change.table, session.inTransaction);
      if (change.guard && (await session.connection.runAndReadAll(change.guard.sql)).currentRowCount > 0)
        throw new SqlError(change.guard.message);
      return changed(session.connection, s.kind, change.sql);
    });
    session.rowCount = affected.total;
    const statementType = s.kind === 'truncate' ? 'TRUNCATE_TABLE' : s.kind.toUpperCase();
    return { statementType, affected, target: { table: change.table } };
  }

  async #declare(s: StatementOf<'declare'>, setting: Setting): Promise<undefined> {
    const value: Typed = s.value
      ? await this.#typed(s.value, setting)
      : { sql: 'NULL', type: STRING, literal: 'null' };
    // A variable has no collation.
    const type = s.type ? typeOf(s.type, 'outermost') : uncollated(value.type);
    for (const name of s.names) await this.#session.declare(setting.frame, name, type, value, s.type);
  }

  async #set(s: StatementOf<'set'>, setting: Setting): Promise<undefined> {
    if (s.names[0] === '@@time_zone') {
      const zone = String(await this.#value(s.value, STRING, setting));
      this.#session.timeZone = sessionZone(zone) && zone;
      return;
    }
    const part = places[s.names[0] ?? ''];
    if (part) {
      Object.assign(setting.place, { [part]: await this.#value(s.value, STRING, setting) });
      return;
    }
    const value = await this.#typed(s.value, setting);
    const targets = s.names.map((name) => this.#variable(name, setting, s.at));
    const [only] = targets;
    if (targets.length === 1 && only) return void (await this.#session.assign(only, value, s.at));
    if (value.type.kind !== 'STRUCT' || value.type.fields.length !== targets.length)
      throw new SqlError(`SET of ${targets.length} variables needs a STRUCT of as many fields`, s.at);
    // All are computed before the first is set: SET (a, b) = (b, a) swaps.
    const whole = { slot: 'set', type: value.type };
    await this.#session.assign(whole, value);
    for (const [i, target] of targets.entries())
      await this.#session.assign(
        target,
        {
          sql: `struct_extract_at(getvariable('set'), ${i + 1})`,
          type: value.type.fields[i]?.type ?? STRING,
        },
        s.at,
      );
  }

  #variable(name: string, setting: Setting, at: number): Variable {
    if (name.startsWith('@@')) throw notServed(`SET ${name}`, at);
    const found = setting.frame.find(name);
    if (!found) throw new SqlError(`Undeclared variable: ${name}`, at);
    return found;
  }

  /** Analysed, and with everything it reads in place. */
  async #typed(e: Expr, setting: Setting): Promise<Typed> {
    const analysis = this.#analysis(setting);
    const typed = analysis.expression(e, new Scope());
    await this.#session.settle(analysis);
    return typed;
  }
  async #value(e: Expr, type: Type, setting: Setting): Promise<unknown> {
    const typed = coerce(await this.#typed(e, setting), type, e.at);
    const [row] = (await this.#session.connection.runAndReadAll(`SELECT ${typed.sql}`)).getRows();
    return row?.[0];
  }
  async #test(e: Expr, setting: Setting): Promise<boolean> {
    return (await this.#value(e, BOOL, setting)) === true;
  }

  async #nested(statements: readonly Statement[], setting: Setting): Promise<undefined> {
    await setting.frame.inBlock(() => this.#all(statements, setting));
  }

  async #block(s: StatementOf<'block'>, setting: Setting): Promise<undefined> {
    try {
      await this.#nested(s.body, setting);
    } catch (error) {
      if (error instanceof Jump && s.label !== undefined && error.label === s.label) return;
      if (!s.handler || error instanceof Jump || this.#session.cancelled) throw error;
      const session = this.#session;
      const before = session.handled;
      session.handled = this.#failure;
      try {
        await this.#nested(s.handler, setting);
      } finally {
        session.handled = before;
      }
    }
  }

  async #loop(s: StatementOf<'loop'>, setting: Setting): Promise<undefined> {
    for (;;) {
      if (s.when && !(await this.#test(s.when, setting))) return;
      if (!(await this.#turnOfLoop(s, setting))) return;
      if (s.until && (await this.#test(s.until, setting))) return;
    }
  }
  /** False when the body said BREAK. */
  async #turnOfLoop(s: StatementOf<'loop' | 'for'>, setting: Setting): Promise<boolean> {
    try {
      await this.#nested(s.body, setting);
    } catch (error) {
      if (!(error instanceof Jump) || error.to === 'RETURN') throw error;
      if (error.label !== undefined && error.label !== s.label) throw error;
      return error.to === 'CONTINUE';
    }
    return true;
  }

  async #forEach(s: StatementOf<'for'>, setting: Setting): Promise<undefined> {
    const analysis = this.#analysis(setting);
    const relation = analysis.statement(s.query);
    await this.#session.settle(analysis);
    const fields = namedColumns(relation, s.at);
    const type = uncollated({ kind: 'STRUCT', fields });
    const packed = fields.map((f) => `${quoted(f.name)} := q.${quoted(f.as)}`).join(', ');
    const all = `rows_${this.#depth}_${s.at}`;
    await this.#session.connection.run(
      `SET VARIABLE ${quoted(all)} = (SELECT array_agg(struct_pack(${packed})) FROM (${relation.sql}) AS q)`,
    );
    const [count] = (
      await this.#session.connection.runAndReadAll(`SELECT coalesce(len(getvariable(${text(all)})), 0)`)
    ).getRows()[0] as bigint[];
    for (let i = 1; i <= Number(count); i++) {
      const go = await setting.frame.inBlock(async () => {
        await this.#session.declare(setting.frame, s.name, type, {
          sql: `getvariable(${text(all)})[${i}]`,
          type,
        });
        return this.#turnOfLoop(s, setting);
      });
      if (!go) return;
    }
  }

  async #systemProcedure(s: StatementOf<'call'>, setting: Setting): Promise<Outcome> {
    const name = s.routine.join('.').toUpperCase();
    const [of] = s.args;
    const given = of && String(await this.#value(of, STRING, setting));
    if (name === 'BQ.ABORT_SESSION') {
      const id = given ?? this.#session.id;
      if (id === undefined) throw new SqlError('BQ.ABORT_SESSION needs a session to end', s.at);
      await this.#session.abortSession(id);
    } else if (name === 'BQ.REFRESH_MATERIALIZED_VIEW') {
      // There is nothing to refresh, but it must be there.
      const view = this.#session.engine.findTable((given ?? '').split('.'), setting.place, s.at);
      if (view.body.type !== 'MATERIALIZED_VIEW')
        throw new SqlError(`${given} is a ${view.body.type}, not a materialized view`, s.at);
    } else throw notServed(`The procedure ${name}`, s.at);
    return { statementType: 'CALL' };
  }

  async #call(s: StatementOf<'call'>, setting: Setting): Promise<Outcome> {
    if (/^BQ$/i.test(s.routine[0] ?? '')) return this.#systemProcedure(s, setting);
    const { project, dataset, table } = this.#session.engine.locate(s.routine, setting.place, s.at);
    const routine = this.#session.engine.metadata.routine(project, dataset, table);
    if (!routine) throw notFound('Routine', `${project}:${dataset}.${table}`);
    const args = procedureArguments(routine);
    if (args.length !== s.args.length)
      throw new SqlError(
        `Procedure ${dataset}.${table} takes ${args.length} arguments, ${s.args.length} given`,
        s.at,
      );
    const frame = new Frame();
    for (const [i, argument] of args.entries()) {
      const given = s.args[i] as Expr;
      const value: Typed =
        argument.mode === 'OUT'
          ? { sql: 'NULL', type: argument.type, literal: 'null' }
          : await this.#typed(given, setting);
      await this.#session.declare(frame, argument.name, argument.type, value);
    }
    const body = String(routine.body.definitionBody ?? '');
    const inner = { text: body, place: { project }, parameters: new Map(), frame };
    await this.#deeper(s.at, () =>
      this.#all(parseScript(body), { ...inner, routine: `${project}.${dataset}.${table}` }),
    );
    for (const [i, argument] of args.entries()) {
      if (argument.mode === 'IN') continue;
      const target = s.args[i];
      if (target?.kind !== 'name')
        throw new SqlError(`Argument ${i + 1} of ${table} is ${argument.mode} and needs a variable`, s.at);
      const given = frame.find(argument.name);
      if (given)
        await this.#session.assign(this.#variable(target.name, setting, s.at), {
          sql: `getvariable(${text(given.slot)})`,
          type: given.type,
        });
    }
    return { statementType: 'CALL' };
  }

  async #deeper(at: number, use: () => Promise<void>): Promise<void> {
    if (this.#depth >= maximumDepth)
      throw new SqlError(`Procedures are called deeper than ${maximumDepth} levels`, at);
    this.#depth += 1;
    try {
      await use();
    } catch (error) {
      if (!(error instanceof Jump) || error.to !== 'RETURN') throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  async #execute(s: StatementOf<'execute'>, setting: Setting): Promise<Outcome | undefined> {
    const sql = String(await this.#value(s.sql, STRING, setting));
    const parameters = new Map<string | number, Typed>();
    for (const [i, { value, name }] of s.using.entries()) {
      const typed = await this.#typed(value, setting);
      parameters.set(name?.toLowerCase() ?? i, { sql: typed.sql, type: typed.type, literal: 'parameter' });
    }
    const statements = parseScript(sql);
    const [only] = statements;
    if (statements.length !== 1 || !only) throw new SqlError('EXECUTE IMMEDIATE takes one statement', s.at);
    const inner = { ...setting, text: sql, parameters };
    if (s.into.length === 0) {
      await this.#all([only], inner);
      return undefined;
    }
    if (only.kind !== 'select') throw new SqlError('EXECUTE IMMEDIATE … INTO needs a query', s.at);
    const row: Expr = {
      kind: 'subquery',
      form: 'scalar',
      query: {
        ...only.query,
        body:
          only.query.body.kind === 'select' && s.into.length > 1
            ? { ...only.query.body, as: 'STRUCT' }
            : only.query.body,
      },
      at: 0,
    };
    return this.#set({ kind: 'set', names: s.into, value: row, at: s.at, end: s.end }, inner);
  }
}
