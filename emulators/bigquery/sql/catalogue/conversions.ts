import { notServed, SqlError } from '../sql-error.ts';
import { coerce, coercionCost, fieldsOf, structOf, type Typed, timestampOf, tried } from '../typed.ts';
import {
  duckType,
  type RangeKind,
  rangeElement,
  STRING,
  type StructField,
  type Type,
  typeName,
} from '../types.ts';
import { instant, localTime } from './dates.ts';
import { type Bound, raiseWith } from './entry.ts';
import { rangeOfText, rangeText } from './range-texts.ts';

/** CAST of one scalar kind to another where DuckDB's own cast is not what BigQuery does. `=` means DuckDB's cast. */
const casts: Readonly<Record<string, '=' | ((x: string, zone?: string) => string)>> = {
  'STRING>INT64': (x) => `bq_to_int64(${x})`,
  'STRING>FLOAT64': (x) => `bq_to_float64(${x})`,
  'STRING>NUMERIC': (x) => `bq_to_numeric(${x})`,
  'STRING>BOOL': (x) => `bq_to_bool(${x})`,
  'STRING>DATE': (x) => `bq_to_date(${x})`,
  'STRING>DATETIME': (x) => `bq_to_datetime(${x})`,
  'STRING>TIME': (x) => `bq_to_time(${x})`,
  'STRING>TIMESTAMP': timestampOf,
  'STRING>BYTES': (x) => `encode(${x})`,
  'BYTES>STRING': (x) => `decode(${x})`,
  'INT64>FLOAT64': '=',
  'INT64>NUMERIC': '=',
  'INT64>STRING': '=',
  'INT64>BOOL': (x) => `(${x} != 0)`,
  'BOOL>INT64': '=',
  'BOOL>STRING': '=',
  // DuckDB rounds halves to even here.
  'FLOAT64>INT64': (x) => `CAST(round(${x}) AS BIGINT)`,
  'FLOAT64>NUMERIC': (x) => `bq_double_numeric(${x})`,
  'FLOAT64>STRING': (x) => `bq_float_text(${x})`,
  'NUMERIC>INT64': '=',
  'NUMERIC>FLOAT64': '=',
  'NUMERIC>STRING': (x) => `bq_numeric_text(${x})`,
  'BIGNUMERIC>INT64': (x) => `bq_bignumeric_whole(${x})`,
  'BIGNUMERIC>NUMERIC': (x) =>
    `CAST(bq_bignumeric_text(bq_round_bignumeric('round', ${x}, 9)) AS DECIMAL(38,9))`,
  'BIGNUMERIC>FLOAT64': (x) => `CAST(bq_bignumeric_text(${x}) AS DOUBLE)`,
  'BIGNUMERIC>STRING': (x) => `bq_bignumeric_text(${x})`,
  'INT64>BIGNUMERIC': (x) => `bq_to_bignumeric(CAST(${x} AS VARCHAR))`,
  'NUMERIC>BIGNUMERIC': (x) => `bq_to_bignumeric(CAST(${x} AS VARCHAR))`,
  'FLOAT64>BIGNUMERIC': (x) => `bq_double_bignumeric(${x})`,
  'STRING>BIGNUMERIC': (x) => `bq_to_bignumeric(${x})`,
  'DATE>STRING': '=',
  'DATE>DATETIME': '=',
  'DATE>TIMESTAMP': (x, zone) => instant(`CAST(${x} AS TIMESTAMP)`, zone),
  'DATETIME>DATE': '=',
  'DATETIME>TIME': '=',
  'DATETIME>TIMESTAMP': instant,
  'DATETIME>STRING': (x) => `bq_datetime_text(${x})`,
  'TIMESTAMP>DATE': (x, zone) => `CAST(${localTime(x, zone)} AS DATE)`,
  'TIMESTAMP>DATETIME': localTime,
  'TIMESTAMP>TIME': (x, zone) => `CAST(${localTime(x, zone)} AS TIME)`,
  'TIMESTAMP>STRING': (x, zone) =>
    zone === undefined
      ? `(bq_datetime_text(${localTime(x)}) || '+00')`
      : `bq_zoned_text(${x}, ${localTime(x, zone)})`,
  'TIME>STRING': (x) => `bq_time_text(${x})`,
  'INTERVAL>STRING': (x) => `bq_interval_text(${x})`,
  'STRING>INTERVAL': (x) => `bq_to_interval(${x})`,
};

function castOf(from: Type, to: Type): (typeof casts)[string] | undefined {
  const [of, into] = [rangeElement(from), rangeElement(to)];
  const end = (element: Type, x: string, zone?: string): string => {
    const [a, b] = of ? [element, STRING] : [STRING, element];
    return castSql({ sql: x, type: a }, b, 0, zone);
  };
  if (of && to.kind === 'STRING') return (x, zone) => rangeText(x, (bound) => end(of, bound, zone));
  if (into && from.kind === 'STRING')
    return (x, zone) => rangeOfText(to.kind as RangeKind, x, (bound) => end(into, bound, zone));
  return casts[`${from.kind}>${to.kind}`];
}

export function castTo(of: Typed, to: Type, safe: boolean, at: number, zone?: string): Typed {
  const sql = (held: Typed): string => castSql(held, to, at, zone);
  return { sql: safe ? tried([of], ([held]) => sql(held as Typed)) : sql(of), type: to };
}

function castSql(of: Typed, to: Type, at: number, zone?: string): string {
  if (of.literal === 'null' || of.literal === 'empty-array' || coercionCost(of, to) === 0)
    return coerce(of, to, at).sql;
  if (of.type.kind === 'ARRAY' && to.kind === 'ARRAY') {
    const element = castSql({ sql: 'bq_x', type: of.type.of }, to.of, at, zone);
    return `list_transform(${of.sql}, lambda bq_x: ${element})`;
  }
  if (of.type.kind === 'STRUCT' && to.kind === 'STRUCT' && of.type.fields.length === to.fields.length) {
    const parts = fieldsOf(of).map((f, i) => {
      // A number in a STRUCT is a double already.
      const isDouble = f.type.kind === 'FLOAT64' && typeof f.literal === 'object';
      const field = isDouble ? { sql: f.sql, type: f.type } : f;
      return castTo(field, (to.fields[i] as StructField).type, false, at, zone);
    });
    return structOf(parts, to.fields, of).sql;
  }
  // The digits as they are written, not those of the nearest double.
  if (/NUMERIC$/.test(to.kind) && of.type.kind === 'FLOAT64' && typeof of.literal === 'object')
    return coerce(of, to, at).sql;
  const how = castOf(of.type, to);
  if (how === undefined) throw new SqlError(`Invalid cast from ${typeName(of.type)} to ${typeName(to)}`, at);
  return how === '=' ? `CAST(${of.sql} AS ${duckType(to)})` : how(of.sql, zone);
}

/** The %t and %T of FORMAT: for a reader, and as a literal would be written. */
export function textOf(of: Typed, literal: boolean, at: number, depth = 0): string {
  const { sql, type } = of;
  const quote = (written: string, name = ''): string =>
    literal ? `'${name}"' || ${written} || '"'` : written;
  switch (type.kind) {
    case 'STRING':
      return literal ? `bq_quote(${sql})` : sql;
    case 'FLOAT64':
      return literal
        ? `CASE WHEN isfinite(${sql}) THEN bq_with_fraction(bq_signed_text(${sql})) ELSE 'CAST("' || bq_float_text(${sql}) || '" AS FLOAT64)' END`
        : `bq_with_fraction(bq_signed_text(${sql}))`;
    case 'NUMERIC':
      return quote(`bq_numeric_text(${sql})`, 'NUMERIC ');
    case 'BIGNUMERIC':
    case 'DATE':
    case 'DATETIME':
    case 'TIMESTAMP':
    case 'TIME':
      return quote(castSql(of, { kind: 'STRING' }, at), `${type.kind} `);
    case 'ARRAY': {
      const x = `bq_t${depth}`;
      const each = textOf({ sql: x, type: type.of }, literal, at, depth + 1);
      return `('[' || array_to_string(list_transform(${sql}, lambda ${x}: coalesce(${each}, 'NULL')), ', ') || ']')`;
    }
    case 'STRUCT': {
      const fields = fieldsOf(of).map((f) => `coalesce(${textOf(f, literal, at, depth)}, 'NULL')`);
      const open = literal && fields.length === 1 ? 'STRUCT(' : '(';
      return `CASE WHEN ${sql} IS NULL THEN NULL ELSE '${open}' || ${fields.join(" || ', ' || ")} || ')' END`;
    }
    case 'INTERVAL':
      return `${quote(`bq_interval_text(${sql})`, 'INTERVAL ')}${literal ? " || ' YEAR TO SECOND'" : ''}`;
    case 'INT64':
    case 'BOOL':
      return castSql(of, { kind: 'STRING' }, at);
    case 'BYTES':
      return `bq_quote_bytes(${sql}, ${literal ? 1 : 0})`;
    case 'JSON':
      return literal ? `('JSON ' || bq_quote(CAST(${sql} AS VARCHAR)))` : `CAST(${sql} AS VARCHAR)`;
    default:
      throw notServed(`FORMAT of ${typeName(type)}`, at);
  }
}

const writable = /^(INT64|FLOAT64|NUMERIC|BIGNUMERIC|BOOL|STRING|DATE|DATETIME|TIMESTAMP|TIME)$/;

/** CONCAT and || of what is no text: as CAST writes it. */
export function joinedAsTexts(name: string, { args, at, zone }: Bound): string {
  const bad = args.some((arg) => arg.literal !== 'null' && !writable.test(arg.type.kind));
  if (bad || (name.startsWith('operator') && !args.some((arg) => arg.type.kind === 'STRING')))
    throw new SqlError(
      `No matching signature for ${name} for argument types: ${args.map((arg) => typeName(arg.type)).join(', ')}`,
      at,
    );
  const texts = args.map((arg) =>
    arg.literal === 'null' ? 'CAST(NULL AS VARCHAR)' : castTo(arg, { kind: 'STRING' }, false, at, zone).sql,
  );
  return `(${texts.join(' || ')})`;
}

/** TO_JSON_STRING, composed from the type as DuckDB's to_json differs for numbers and times. */
/** `wide`: integers beyond 2^53 stay numbers, as in values of type JSON, unless those are to be texts. */
export function jsonText(
  sql: string,
  type: Type,
  at: number,
  depth = 0,
  wide: boolean | 'text' = false,
): string {
  const orNull = (written: string): string => `coalesce(${written}, 'null')`;
  switch (type.kind) {
    case 'STRING':
      return orNull(`bq_text_json(${sql})`);
    case 'BOOL':
      return orNull(`CAST(${sql} AS VARCHAR)`);
    case 'INT64':
      return orNull(
        wide === true
          ? `CAST(${sql} AS VARCHAR)`
          : `CASE WHEN ${sql} BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(${sql} AS VARCHAR) ELSE '"' || ${sql} || '"' END`,
      );
    case 'NUMERIC':
      // A fraction would not survive every reader of JSON: it goes as text.
      return orNull(
        wide === true
          ? `bq_numeric_text(${sql})`
          : wide === 'text'
            ? `bq_json_wide(bq_numeric_text(${sql}))`
            : `CASE WHEN ${sql} = trunc(${sql}) AND abs(${sql}) <= 9007199254740992 THEN bq_numeric_text(${sql}) ELSE '"' || bq_numeric_text(${sql}) || '"' END`,
      );
    case 'BIGNUMERIC':
      return orNull(
        wide === false
          ? `bq_bignumeric_json(${sql})`
          : wide === 'text'
            ? `bq_json_wide(bq_bignumeric_text(${sql}))`
            : `bq_bignumeric_text(${sql})`,
      );
    case 'FLOAT64':
      return orNull(
        `CASE WHEN ${sql} IS NULL THEN NULL WHEN isfinite(${sql}) THEN ${wide ? `bq_with_fraction(bq_float_text(${sql}))` : `bq_float_text(${sql})`} ELSE '"' || bq_json_special(${sql}) || '"' END`,
      );
    case 'DATE':
      return orNull(`'"' || ${sql} || '"'`);
    case 'DATETIME':
      return orNull(`'"' || replace(bq_datetime_text(${sql}), ' ', 'T') || '"'`);
    case 'TIMESTAMP':
      return orNull(`'"' || replace(bq_datetime_text(${localTime(sql)}), ' ', 'T') || 'Z"'`);
    case 'JSON':
      return orNull(`CAST(${sql} AS VARCHAR)`);
    case 'ARRAY': {
      const x = `bq_j${depth}`;
      return orNull(
        `('[' || array_to_string(list_transform(${sql}, lambda ${x}: ${jsonText(x, type.of, at, depth + 1, wide)}), ',') || ']')`,
      );
    }
    case 'STRUCT': {
      const fields = fieldsOf({ sql, type }).map(
        (f, i) =>
          `'${JSON.stringify(type.fields[i]?.name ?? '').replaceAll("'", "''")}:' || ${jsonText(f.sql, f.type, at, depth, wide)}`,
      );
      return `CASE WHEN ${sql} IS NULL THEN 'null' ELSE '{' || ${fields.join(" || ',' || ") || "''"} || '}' END`;
    }
    case 'TIME':
      return orNull(`'"' || bq_time_text(${sql}) || '"'`);
    case 'INTERVAL':
      return orNull(`'"' || bq_interval_duration(CAST(${sql} AS VARCHAR)) || '"'`);
    case 'BYTES':
      return orNull(`'"' || base64(${sql}) || '"'`);
    default: {
      const end = (which: string): string =>
        `'"${which}":' || ${jsonText(`bq_range_${which}(${sql})`, rangeElement(type) as Type, at, depth, wide)}`;
      return `CASE WHEN ${sql} IS NULL THEN 'null' ELSE '{' || ${end('start')} || ',' || ${end('end')} || '}' END`;
    }
  }
}

const checked = (pattern: string, type: string, name: string): string =>
  `CASE WHEN s IS NULL OR regexp_full_match(s, '${pattern}') THEN CAST(trim(s) AS ${type}) ELSE ${raiseWith(`'Bad ${name} value: ' || s`, type)} END`;

const limited = (kind: string, length: string, type: string): string =>
  `CASE WHEN ${length}(x) > n THEN ${raiseWith(`'${kind}(' || n || ') has maximum length ' || n || ' but got a value with length ' || ${length}(x)`, type)} ELSE x END`;

export const conversionMacros: readonly string[] = [
  // Two line ends that JSON allows and JavaScript once did not.
  "bq_text_json(s) AS replace(replace(CAST(to_json(s) AS VARCHAR), chr(8232), '\\u2028'), chr(8233), '\\u2029')",
  `bq_limited_string(x, n) AS ${limited('STRING', 'length', 'VARCHAR')}`,
  `bq_limited_bytes(x, n) AS ${limited('BYTES', 'octet_length', 'BLOB')}`,
  `bq_limited_numeric(x, most, message) AS CASE WHEN abs(x) > most THEN ${raiseWith('message', 'DECIMAL(38,9)')} ELSE x END`,
  `bq_limited_bignumeric(x, least, most, message) AS CASE WHEN x NOT BETWEEN least AND most THEN ${raiseWith('message', 'BLOB')} ELSE x END`,
  "bq_to_int64(s) AS CASE WHEN regexp_full_match(s, '\\s*[+-]?0[xX][0-9a-fA-F]+\\s*') THEN bq_hex_int(s) ELSE bq_decimal_int(s) END",
  `bq_decimal_int(s) AS ${checked('\\s*[+-]?\\d+\\s*', 'BIGINT', 'int64')}`,
  "bq_to_float64(s) AS CASE WHEN regexp_full_match(s, '\\s*[+-]?0[xX][0-9a-fA-F]+\\s*') THEN CAST(bq_hex_int(s) AS DOUBLE) ELSE bq_decimal_float(s) END",
  `bq_decimal_float(s) AS ${checked('(?i)\\s*[+-]?((\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?|inf|infinity|nan)\\s*', 'DOUBLE', 'double')}`,
  `bq_to_numeric(s) AS ${checked('(?i)\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?\\s*', 'DECIMAL(38,9)', 'numeric')}`,
  `bq_to_bool(s) AS CASE lower(s) WHEN 'true' THEN true WHEN 'false' THEN false ELSE CASE WHEN s IS NOT NULL THEN ${raiseWith("'Bad bool value: ' || s", 'BOOLEAN')} END END`,
  // 15 digits where they name the value, else 17: as the service does it, not the shortest form.
  "bq_float_text(x) AS CASE WHEN isnan(x) THEN 'nan' WHEN x = 0 THEN '0' WHEN isinf(x) OR TRY_CAST(format('{:.15g}', x) AS DOUBLE) = x THEN format('{:.15g}', x) ELSE format('{:.17g}', x) END",
  "bq_signed_text(x) AS CASE WHEN x = 0 AND signbit(x) THEN '-0' ELSE bq_float_text(x) END",
  // DuckDB multiplies and rounds: beyond these it shows in the ninth place.
  'bq_double_numeric(x) AS CASE WHEN abs(x) < 100000 THEN CAST(x AS DECIMAL(38,9)) ELSE CAST(bq_exact_double(x) AS DECIMAL(38,9)) END',
  "bq_json_special(x) AS CASE WHEN isnan(x) THEN 'NaN' WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END",
  "bq_numeric_text(x) AS rtrim(rtrim(CAST(CAST(x AS DECIMAL(38,9)) AS VARCHAR), '0'), '.')",
  "bq_time_text(t) AS substr(bq_datetime_text(DATE '1970-01-01' + t), 12)",
  // Fractions are shown in groups of three digits, and only when there are any.
  "bq_datetime_text(t) AS strftime(t, '%Y-%m-%d %H:%M:%S') || CASE WHEN epoch_us(t) % 1000000 = 0 THEN '' WHEN epoch_us(t) % 1000 = 0 THEN '.' || strftime(t, '%g') ELSE '.' || strftime(t, '%f') END",
];
