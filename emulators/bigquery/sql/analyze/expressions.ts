import { castTo } from '../catalogue/conversions.ts';
import { castFormat, type FormattedKind, lackingIn } from '../catalogue/date-formats.ts';
import { raise } from '../catalogue/entry.ts';
import { equality } from '../catalogue/equality.ts';
import { keyed } from '../collation-keys.ts';
import { merged } from '../collations.ts';
import { normalJson, readJson, writeJson } from '../native/json-tree.ts';
import type { Expr } from '../parse/syntax.ts';
import { fail, notServed } from '../sql-error.ts';
import { limited } from '../type-parameters.ts';
import {
  apart,
  coerce,
  fieldsOf,
  isDrawn,
  literalOf,
  structOf,
  superType,
  type Typed,
  tried,
} from '../typed.ts';
import {
  arrayOf,
  BOOL,
  duckType,
  INT64,
  type ScalarKind,
  STRING,
  type StructField,
  sameType,
  scalarKind,
  type Type,
  text,
  typeName,
  typeOf,
} from '../types.ts';
import { analyseCall } from './calls.ts';
import type { Analysis } from './context.ts';
import { interval } from './interval-literals.ts';
import { isRange, rangeValue, Scope } from './scope.ts';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

export function analyseExpression(e: Expr, scope: Scope, a: Analysis): Typed {
  switch (e.kind) {
    case 'literal':
      return literal(e, a);
    case 'name':
      return name(e, scope, a);
    case 'field':
      return field(e, scope, a);
    case 'parameter':
      return parameter(e, a);
    case 'system':
      return a.variables(`@@${e.name}`) ?? fail(`Unrecognized name: @@${e.name}`, e.at);
    case 'call':
      return analyseCall(e, scope, a);
    case 'case':
      return caseOf(e, scope, a);
    case 'cast':
      return e.format
        ? formatted(e, e.format, scope, a)
        : limited(castTo(a.expression(e.of, scope), typeOf(e.to, 'outermost'), e.safe, e.at, a.zone), e.to);
    case 'interval':
      return interval(e, scope, a);
    case 'array':
      return array(e, scope, a);
    case 'struct':
      return struct(e, scope, a);
    case 'subquery':
      return subquery(e, scope, a);
    case 'with':
      return namedValues(e, scope, a);
    case 'in':
      return membership(e, scope, a);
    case 'index':
      return subscript(e, scope, a);
    case 'star':
      return fail('Syntax error: Unexpected "*"', e.at);
  }
}

function literal(e: Of<'literal'>, a: Analysis): Typed {
  if (e.type === 'NULL') return { sql: 'NULL', type: INT64, literal: 'null' };
  if (e.type === 'BOOL') return { sql: e.value, type: BOOL, literal: { value: e.value } };
  if (!scalarKind(e.type)) fail(`Unsupported type: ${e.type} is not supported`, e.at);
  const type: Type = { kind: e.type as ScalarKind };
  const made = (sql: string): Typed => ({ sql, type, literal: { value: e.value } });
  switch (e.type) {
    case 'INT64':
      if (BigInt(e.value) !== BigInt.asIntN(64, BigInt(e.value)))
        fail(`Invalid integer literal: ${e.value}`, e.at);
      return made(`CAST(${e.value} AS BIGINT)`);
    case 'FLOAT64':
      return made(`CAST('${e.value}' AS DOUBLE)`);
    case 'STRING':
      return { ...made(text(e.value)), zone: a.zone };
    case 'BYTES':
      return made(`unhex('${Buffer.from(e.value, 'latin1').toString('hex')}')`);
    case 'JSON':
      return { sql: `CAST(${text(jsonLiteral(e.value, e.at))} AS JSON)`, type };
    default:
      return { sql: literalOf(e.type, e.value, e.at, a.zone), type };
  }
}

function jsonLiteral(value: string, at: number): string {
  const found = readJson(value);
  if (found === undefined) fail(`Invalid JSON literal: ${value}`, at);
  return writeJson(normalJson(found));
}

function name(e: Of<'name'>, scope: Scope, a: Analysis): Typed {
  const found = scope.resolve(e.name, e.at, false) ?? a.variables(e.name);
  if (!found && !e.quoted && /^CURRENT_(DATE|TIME|DATETIME|TIMESTAMP)$/i.test(e.name))
    return analyseCall({ kind: 'call', name: e.name, args: [], at: e.at }, scope, a);
  if (!found) throw scope.unrecognized(e.name, e.at);
  return isRange(found) ? rangeValue(found) : found;
}

function field(e: Of<'field'>, scope: Scope, a: Analysis): Typed {
  if (e.of.kind === 'name') {
    const found = scope.resolve(e.of.name, e.of.at, true) ?? a.variables(e.of.name);
    if (!found) throw scope.unrecognized(e.of.name, e.of.at);
    if (isRange(found) && !found.value) {
      const column = found.columns.filter((c) => c.name?.toLowerCase() === e.name.toLowerCase());
      if (column.length > 1) fail(`Column name ${e.name} is ambiguous`, e.at);
      return column[0]?.typed ?? fail(`Name ${e.name} not found inside ${e.of.name}`, e.at);
    }
    return member(isRange(found) ? rangeValue(found) : found, e);
  }
  return member(a.expression(e.of, scope), e);
}

/** `j.name`, `j[0]`, `j['name']`: what is not there is NULL. */
function jsonStep(of: Typed, step: string): Typed {
  const found = `bq_json_raw_query(CAST(${of.sql} AS VARCHAR), ${step})`;
  return { sql: `CAST(${found} AS JSON)`, type: of.type };
}

function subscript(e: Of<'index'>, scope: Scope, a: Analysis): Typed {
  const of = a.expression(e.of, scope);
  if (of.type.kind === 'JSON' && e.by === '') {
    const index = a.expression(e.index, scope);
    if (index.type.kind === 'STRING')
      return jsonStep(
        of,
        `CASE WHEN regexp_matches(${index.sql}, '["\\\\]') THEN ${raise('A name with quotes in JSON[…] is not supported by the emulator', 'VARCHAR')} ELSE '$."' || ${index.sql} || '"' END`,
      );
    return jsonStep(of, `'$[' || ${coerce(index, INT64, e.at).sql} || ']'`);
  }
  if (of.type.kind === 'STRUCT') return fieldAt(of, e);
  const by = e.by === '' ? 'OFFSET' : e.by;
  return analyseCall(
    { kind: 'call', name: `$${by.toLowerCase()}`, args: [e.of, e.index], at: e.at },
    scope,
    a,
  );
}

/** `s[0]`, `s[OFFSET(0)]`, `s[ORDINAL(1)]`: which field it is has to be written. */
function fieldAt(of: Typed, { by, index, at }: Of<'index'>): Typed {
  if (index.kind !== 'literal' || index.type !== 'INT64' || by.startsWith('SAFE'))
    fail('Field position must be a literal INT64', at);
  const place = Number(index.value) - (by === 'ORDINAL' ? 1 : 0);
  const found = fieldsOf(of)[place];
  if (!found) fail(`Field position ${index.value} is out of bounds in ${typeName(of.type)}`, at);
  return { sql: found.sql, type: found.type };
}

function member(of: Typed, e: Of<'field'>): Typed {
  if (of.type.kind === 'JSON') return jsonStep(of, text(`$."${e.name}"`));
  if (of.type.kind !== 'STRUCT')
    fail(`Cannot access field ${e.name} on a value with type ${typeName(of.type)}`, e.at);
  const { fields } = of.type;
  const called = fields.flatMap((f, i) => (f.name?.toLowerCase() === e.name.toLowerCase() ? [i] : []));
  if (called.length > 1) fail(`Struct field name ${e.name} is ambiguous`, e.at);
  const found = fieldsOf(of)[called[0] ?? -1];
  if (!found) fail(`Field name ${e.name} does not exist in ${typeName(of.type)}`, e.at);
  return { sql: found.sql, type: found.type };
}

function parameter(e: Of<'parameter'>, a: Analysis): Typed {
  const key = typeof e.name === 'string' ? e.name.toLowerCase() : e.name;
  const found =
    a.parameters.get(key) ??
    fail(
      typeof key === 'string'
        ? `Query parameter '${e.name}' not found`
        : 'Positional parameters are not supported',
      e.at,
    );
  return { ...found, zone: a.zone };
}

function caseOf(e: Of<'case'>, scope: Scope, a: Analysis): Typed {
  const results = [
    ...e.whens.map((w) => a.expression(w.value, scope)),
    ...(e.otherwise ? [a.expression(e.otherwise, scope)] : []),
  ];
  const type =
    superType(results, e.at) ??
    fail(
      'No matching signature for operator CASE; all THEN/ELSE arguments must be coercible to a common type',
      e.at,
    );
  const beside = e.of ? e.whens.flatMap(({ when }) => (when.kind === 'literal' ? [] : [when])) : [];
  const branches = e.whens.map((w, i) => {
    const condition: Expr = e.of
      ? { kind: 'call', name: '$equal', args: [e.of, w.when], beside, at: w.when.at }
      : w.when;
    if (e.of && w.when.kind === 'literal' && w.when.type === 'NULL')
      return `WHEN NULL THEN ${coerce(results[i] as Typed, type, e.at).sql}`;
    return `WHEN ${coerce(a.expression(condition, scope), BOOL, w.when.at).sql} THEN ${coerce(results[i] as Typed, type, e.at).sql}`;
  });
  const otherwise = e.otherwise ? ` ELSE ${coerce(results.at(-1) as Typed, type, e.at).sql}` : '';
  return { sql: `CASE ${branches.join(' ')}${otherwise} END`, type };
}

/** CAST … FORMAT of numbers and of BYTES. */
function plainFormat(of: Typed, to: Type, format: string): string | undefined {
  const [from, into] = [of.type.kind, to.kind];
  if (from === 'BYTES' && into === 'STRING') return `bq_bytes_to_text(${format}, ${of.sql})`;
  if (from === 'STRING' && into === 'BYTES') return `bq_text_to_bytes(${format}, ${of.sql})`;
  if (into !== 'STRING') return undefined;
  if (from === 'FLOAT64') return `bq_cast_number(${format}, CAST(${of.sql} AS VARCHAR))`;
  if (from === 'INT64') return `bq_cast_number(${format}, CAST(${of.sql} AS VARCHAR) || 'n')`;
  return from === 'NUMERIC' ? `bq_cast_number(${format}, bq_numeric_text(${of.sql}) || 'n')` : undefined;
}

/** CAST … FORMAT is one of the FORMAT_ or PARSE_ functions, with elements of another spelling. */
function formatted(e: Of<'cast'>, format: Expr, scope: Scope, a: Analysis): Typed {
  const of = a.expression(e.of, scope);
  const to = typeOf(e.to);
  const how = coerce(a.expression(format, scope), STRING, format.at);
  const writes = to.kind === 'STRING';
  const kind = writes ? of.type.kind : to.kind;
  const plain = (held: Typed, by: Typed): string | undefined => plainFormat(held, to, by.sql);
  const sql = plain(of, how);
  if (sql) {
    const safely = (): string => tried([of, how], ([held, by]) => plain(held as Typed, by as Typed) ?? '');
    return { sql: e.safe ? safely() : sql, type: to };
  }
  if (how.literal === 'null') return { sql: `CAST(NULL AS ${duckType(to)})`, type: to };
  if (format.kind !== 'literal' || format.type !== 'STRING')
    throw notServed('CAST with a FORMAT that is not a literal', format.at);
  if (!/^(DATE|DATETIME|TIMESTAMP|TIME)$/.test(kind) || (!writes && of.type.kind !== 'STRING'))
    throw notServed(`CAST of ${typeName(of.type)} to ${typeName(to)} with FORMAT`, e.at);
  const lacking = writes ? '' : lackingIn(format.value, kind as FormattedKind);
  const value = lacking + castFormat(format.value, kind as FormattedKind, writes, format.at);
  const elements: Expr = { kind: 'literal', type: 'STRING', value, at: format.at };
  const { at } = e;
  const zone = e.zone ? [e.zone] : [];
  const call = (name: string, ...args: Expr[]): Extract<Expr, { kind: 'call' }> => ({
    kind: 'call',
    name,
    args,
    at,
  });
  const missing: Expr = { kind: 'literal', type: 'STRING', value: lacking, at };
  const today = call('FORMAT_TIMESTAMP', missing, call('CURRENT_TIMESTAMP'), ...zone);
  const whole = lacking === '' ? e.of : call('$concat', today, e.of);
  const made = call(`${writes ? 'FORMAT' : 'PARSE'}_${kind}`, elements, whole, ...zone);
  return analyseCall({ ...made, safe: e.safe }, scope, a);
}

function array(e: Of<'array'>, scope: Scope, a: Analysis): Typed {
  const items = e.items.map((item) => a.expression(item, scope));
  if (items.length === 0 && !e.of)
    return { sql: `CAST([] AS BIGINT[])`, type: arrayOf(INT64), literal: 'empty-array' };
  const of = e.of
    ? items.reduce((type, i) => merged(type, i.type), typeOf(e.of, 'literal'))
    : (superType(items, e.at) ??
      fail(
        `Array elements of types {${[...new Set(items.map((i) => typeName(i.type)))].join(', ')}} do not have a common supertype`,
        e.at,
      ));
  if (of.kind === 'ARRAY')
    fail(
      `Cannot construct array with element type ${typeName(of)} because nested arrays are not supported`,
      e.at,
    );
  const parts = items.map((item) => coerce(item, of, e.at));
  const type = arrayOf(of);
  const sql = `CAST([${parts.map((p) => p.sql).join(', ')}] AS ${duckType(type)})`;
  return e.of ? { sql, type } : { sql, type, parts: items.every((i) => i.literal) ? items : parts };
}

function struct(e: Of<'struct'>, scope: Scope, a: Analysis): Typed {
  const values = e.items.map((item) => a.expression(item.value, scope));
  const type = e.type ? typeOf(e.type, 'literal') : undefined;
  if (type?.kind === 'STRUCT') {
    if (type.fields.length !== values.length) fail('STRUCT type and its values differ in number', e.at);
    return structOf(
      values.map((v, i) => coerce(v, (type.fields[i] as StructField).type, e.at)),
      type.fields,
    );
  }
  const fields = e.items.map(({ name }, i) => ({
    type: (values[i] as Typed).type,
    ...(name !== undefined && { name }),
  }));
  return structOf(values, fields);
}

/** A name is the text of its value, but for one that would be drawn anew wherever it stands. */
function namedValues(e: Of<'with'>, scope: Scope, a: Analysis, from = 0): Typed {
  const item = e.names[from];
  if (!item) return a.expression(e.value, scope);
  const value = a.expression(item.value, scope);
  const within = (typed: Typed): Typed => {
    const columns = [{ name: item.name, typed }];
    return namedValues(
      e,
      new Scope(scope, { ranges: [{ alias: undefined, columns, inline: true }] }),
      a,
      from + 1,
    );
  };
  if (!isDrawn(value.sql)) return within(value);
  const { type } = within(value);
  // One inside of another would hide it by the same name.
  const as = a.unique('bq_with').replace('$', '_');
  return { sql: apart([value], ([held]) => within(held as Typed).sql, as), type };
}

function subquery(e: Of<'subquery'>, scope: Scope, a: Analysis): Typed {
  const relation = a.query(e.query, scope);
  if (e.form === 'exists') return { sql: `EXISTS (${relation.sql})`, type: BOOL };
  const [column] = relation.columns;
  if (!column || relation.columns.length !== 1)
    fail(
      `${e.form === 'array' ? 'ARRAY' : 'Scalar'} subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values`,
      e.at,
    );
  if (e.form === 'scalar') return { sql: `(${relation.sql})`, type: column.type };
  if (column.type.kind === 'ARRAY')
    fail('Cannot use array subquery with column of type ARRAY because nested arrays are not supported', e.at);
  const type = arrayOf(column.type);
  return { sql: `coalesce(ARRAY(${relation.sql}), CAST([] AS ${duckType(type)}))`, type };
}

/** DuckDB's IN finds NaN. */
function isIn(of: Typed, type: Type, list: string): Typed {
  const { sql } = keyed(coerce(of, type));
  const found = `${sql} IN (${list})`;
  const known = type.kind !== 'FLOAT64' || typeof of.literal === 'object';
  return { sql: known ? `(${found})` : `(${found} AND NOT isnan(${sql}))`, type: BOOL };
}

/** Without a sub-query, which DuckDB takes in the condition of no outer join. NULL is in no empty list, and maybe in any other. */
function isInList(of: Typed, type: Type, list: Typed): Typed {
  const { sql } = keyed(coerce(of, type));
  const { sql: all } = keyed(coerce(list, arrayOf(type)));
  const found =
    type.kind === 'FLOAT64'
      ? `list_contains(${all}, ${sql}) AND NOT isnan(${sql})`
      : `list_contains(${all}, ${sql})`;
  return {
    sql: `CASE WHEN coalesce(len(${all}), 0) = 0 THEN false WHEN ${sql} IS NULL THEN NULL WHEN ${found} THEN true WHEN list_count(${all}) < len(${all}) THEN NULL ELSE false END`,
    type: BOOL,
  };
}

/** Whether DuckDB's own IN compares as the service does. */
const comparesPlainly = (type: Type): boolean => !/^(STRUCT|ARRAY|JSON|INTERVAL)$/.test(type.kind);

function membership(e: Of<'in'>, scope: Scope, a: Analysis): Typed {
  const of = a.expression(e.of, scope);
  if (e.items) {
    const items = e.items.map((item) => a.expression(item, scope));
    const type =
      superType([of, ...items], e.at) ??
      fail(
        `No matching signature for operator IN for argument types ${typeName(of.type)} and the list's`,
        e.at,
      );
    const plain = comparesPlainly(type);
    if (!plain)
      return {
        sql: `(${items.map((i) => equality(coerce(of, type), coerce(i, type, e.at), e.at)).join(' OR ')})`,
        type: BOOL,
      };
    return isIn(of, type, items.map((i) => keyed(coerce(i, type, e.at)).sql).join(', '));
  }
  const list = e.unnest ? a.expression(e.unnest, scope) : undefined;
  const relation = e.query ? a.query(e.query, scope) : undefined;
  if (relation && relation.columns.length !== 1)
    fail('Subquery of type IN must have only one output column', e.at);
  const element = list
    ? list.type.kind === 'ARRAY'
      ? list.type.of
      : fail('Second argument of IN UNNEST must be an array', e.at)
    : (relation?.columns[0]?.type ?? INT64);
  const type =
    superType(
      [
        of,
        ...(list?.parts ?? [
          list?.literal === 'empty-array'
            ? { sql: '', type: element, literal: 'null' as const }
            : { sql: '', type: element },
        ]),
      ],
      e.at,
    ) ??
    fail(
      `No matching signature for operator IN for argument types ${typeName(of.type)} and ${typeName(element)}`,
      e.at,
    );
  if (
    list &&
    comparesPlainly(type) &&
    (list.parts || list.literal === 'empty-array' || sameType(element, type))
  )
    return isInList(of, type, list);
  const source = list
    ? `SELECT unnest(${list.sql}) AS x`
    : `SELECT ${'"'}${relation?.columns[0]?.as.replaceAll('"', '""')}${'"'} AS x FROM (${relation?.sql}) AS q`;
  const each = coerce({ sql: 'u.x', type: element }, type, e.at);
  if (!comparesPlainly(type)) {
    const same = equality(coerce(of, type), each, e.at);
    return {
      sql: `(SELECT CASE WHEN bool_or(${same}) THEN true WHEN count(*) > count(${same}) THEN NULL ELSE false END FROM (${source}) AS u)`,
      type: BOOL,
    };
  }
  return isIn(of, type, `SELECT ${keyed(each).sql} FROM (${source}) AS u`);
}
