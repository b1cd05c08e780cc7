import type { Type } from '../types.ts';
import type { Entry, Example, Signature } from './entry.ts';

/** What these do to a character of a text they do to a byte. */
const alike =
  /^(STRING_AGG|STARTS_WITH|ENDS_WITH|STRPOS|INSTR|REPLACE|REPEAT|LEFT|RIGHT|[LR]PAD|[LR]?TRIM|SPLIT|SUBSTR|SUBSTRING|TO_CODE_POINTS|TRANSLATE|REGEXP_(CONTAINS|EXTRACT|EXTRACT_ALL|SUBSTR|REPLACE)|ARRAY_TO_STRING|\$like|\$(not_)?like_(any|all))$/;

const examples: Readonly<Record<string, readonly Example[]>> = {
  STRING_AGG: [
    ["TO_HEX((SELECT STRING_AGG(x, b'|' ORDER BY x) FROM UNNEST([b'\\xff', b'a', NULL]) AS x))", '617cff'],
  ],
  STARTS_WITH: [["STARTS_WITH(b'abc', b'ab')", true]],
  ENDS_WITH: [["ENDS_WITH(b'abc', b'bc')", true]],
  STRPOS: [["STRPOS(b'\\xffabc', b'a')", 2]],
  INSTR: [["INSTR(b'abcb', b'b', 1, 2)", 4]],
  REPLACE: [["TO_HEX(REPLACE(b'abc', b'b', b''))", '6163']],
  REPEAT: [["TO_HEX(REPEAT(b'a', 2))", '6161']],
  LEFT: [["TO_HEX(LEFT(b'abc', 1))", '61']],
  RIGHT: [["TO_HEX(RIGHT(b'a\\x00c', 2))", '0063']],
  LPAD: [["TO_HEX(LPAD(b'a', 2))", '2061']],
  RPAD: [["TO_HEX(RPAD(b'a', 2, b'b'))", '6162']],
  TRIM: [["TO_HEX(TRIM(b'xax', b'x'))", '61']],
  SPLIT: [["ARRAY_LENGTH(SPLIT(b'a,b', b','))", 2]],
  SUBSTR: [["TO_HEX(SUBSTR(b'a\\xff\\x00c', 2, 2))", 'ff00']],
  TO_CODE_POINTS: [["TO_CODE_POINTS(b'\\x00\\xff')", [0, 255]]],
  ARRAY_TO_STRING: [["TO_HEX(ARRAY_TO_STRING([b'a', NULL, b'\\xff'], b'.', b'n'))", '612e6e2eff']],
  REGEXP_CONTAINS: [["REGEXP_CONTAINS(b'abc', b'b.')", true]],
  TRANSLATE: [["TO_HEX(TRANSLATE(b'a\\xfe', b'\\xfe', b'\\x01'))", '6101']],
  REGEXP_EXTRACT: [["TO_HEX(REGEXP_EXTRACT(b'x\\xff1', b'x.(.)'))", '31']],
  REGEXP_EXTRACT_ALL: [["ARRAY_LENGTH(REGEXP_EXTRACT_ALL(b'a1b22', b'[0-9]+'))", 2]],
  REGEXP_REPLACE: [["TO_HEX(REGEXP_REPLACE(b'abc', b'a.c', b'z'))", '7a']],
  $like_any: [["b'abc' LIKE ANY UNNEST([b'a_'])", false]],
  $like: [
    ["b'abc' LIKE b'a%'", true],
    ["b'abc' LIKE b'a\\\\'", 'error'],
  ],
};

/** Its signatures for BYTES. TRIM of blanks and SPLIT at commas are of texts only. */
export function overBytes(entry: Entry): Entry | undefined {
  if (!alike.test(entry.name)) return undefined;
  const given = entry.signatures.filter(
    ({ takes }) =>
      (takes.length > 1 || /^(TO_CODE_POINTS|STRING_AGG)$/.test(entry.name)) &&
      !takes.some(({ type }) => type === 'LITERAL'),
  );
  return { ...entry, signatures: given.map(ofBytes), examples: examples[entry.name] ?? [] };
}

/** Each byte as the character of that number, and back. */
function ofBytes({ takes, gives, lower }: Signature): Signature {
  const isText = (i: number): boolean => takes[i]?.type === 'STRING';
  const latin = (sql: string, i: number): string => {
    if (isText(i)) return `bq_latin(${sql})`;
    return takes[i]?.type === 'ARRAY<STRING>' ? `list_transform(${sql}, lambda bq_x: bq_latin(bq_x))` : sql;
  };
  const back = (sql: string, type: Type): string => {
    if (type.kind === 'STRING') return `bq_of_latin(${sql})`;
    return type.kind === 'ARRAY' && type.of.kind === 'STRING'
      ? `list_transform(${sql}, lambda bq_x: bq_of_latin(bq_x))`
      : sql;
  };
  const typeOf: Exclude<Signature['gives'], Type> = (bound) =>
    typeof gives === 'function' ? gives(bound) : gives;
  return {
    takes: takes.map((parameter) => ({ ...parameter, type: parameter.type.replace('STRING', 'BYTES') })),
    gives: (bound) => inBytes(typeOf(bound)),
    lower: (args, m, bound) =>
      back(
        lower(
          args.map(latin),
          // Of values each taken once, DuckDB puts in order only what it is given.
          m.distinct ? { ...m, order: m.order.replace(args[0] ?? '', (value) => `bq_latin(${value})`) } : m,
          bound,
        ),
        typeOf(bound),
      ),
  };
}

function inBytes(type: Type): Type {
  if (type.kind === 'ARRAY') return { kind: 'ARRAY', of: inBytes(type.of) };
  return type.kind === 'STRING' ? { kind: 'BYTES' } : type;
}
