import { misplacedEnds } from '../native/range-text.ts';
import { SqlError } from '../sql-error.ts';
import { coerce, type Typed } from '../typed.ts';
import { duckType, type RangeKind, rangeElement, STRING, scalarKind, type Type, typeName } from '../types.ts';
import { castTo } from './conversions.ts';
import { type Bound, type Entry, type Example, raise, raiseWith, special } from './entry.ts';
import { rangeTextMacro } from './range-texts.ts';

const kinds = ['DATE', 'DATETIME', 'TIMESTAMP'] as const;

/** The type is written beside NULL: no range could be told from it. */
function typed(bound: Bound, count = 1): void {
  if (bound.args.slice(0, count).some(({ literal }) => literal === 'null'))
    throw new SqlError(
      'A literal NULL argument cannot be accepted in place of RANGE. Add a CAST to specify the type like CAST(NULL AS RANGE<DATE>). Range supports DATE, DATETIME, and TIMESTAMP',
      bound.at,
    );
}

/** One signature for each kind of range, `R` being it and `E` what lies between its ends. */
function overRanges(
  name: string,
  rows: readonly (readonly [takes: string, gives: string, lower: (...args: string[]) => string])[],
  examples: readonly Example[],
  typedOnes = 1,
): Entry {
  const filled = (spec: string, kind: string): string =>
    spec.replace(/\bR\b/g, `RANGE<${kind}>`).replace(/\bE\b/g, kind);
  const each = rows.flatMap(([takes, gives, lower]) =>
    kinds.map(
      (kind) =>
        [
          filled(takes, kind),
          filled(gives, kind),
          (args: string[], bound: Bound) => {
            typed(bound, typedOnes);
            return lower(...args, kind.toLowerCase());
          },
        ] as const,
    ),
  );
  return special(name, each, examples);
}

function constructed({ args, at }: Bound): Type {
  const [a, b] = args as [Typed, Typed];
  const known = args.filter(({ literal }) => literal !== 'null');
  const of = known[0]?.type;
  if (!of) throw new SqlError('at least one of RANGE() arguments must be typed', at);
  if (known.length === 2 && a.type.kind !== b.type.kind)
    throw new SqlError('RANGE() arguments must be of the same type', at);
  const kind = scalarKind(`RANGE<${typeName(of)}>`);
  if (!kind) throw new SqlError(`${typeName(of)} is not supported by RANGE()`, at);
  return { kind };
}

const range: Entry = special(
  'RANGE',
  [
    [
      'ANY, ANY',
      constructed,
      (_, bound) => {
        const element = rangeElement(constructed(bound)) as Type;
        const ends = bound.args.map((end) => coerce(end, element, bound.at).sql);
        return `bq_range_${element.kind.toLowerCase()}(${ends.join(', ')})`;
      },
    ],
  ],
  [
    ["RANGE(DATE '2026-01-01', DATE '2026-02-01')", '[2026-01-01, 2026-02-01)'],
    ["RANGE(NULL, DATETIME '2026-02-01 10:30:00')", '[UNBOUNDED, 2026-02-01T10:30:00)'],
    ["RANGE(DATE '2026-01-01', DATE '2026-01-01')", 'error'],
    ["SAFE.RANGE(DATE '2026-01-02', DATE '2026-01-01')", null],
    ["RANGE(DATE '2026-01-01', '2026-02-01')", 'error'],
    ['RANGE(NULL, NULL)', 'error'],
  ],
);

/** Ends are compared as values of DuckDB: an unbounded one is beyond all others. */
function intersection(a = '', b = '', kind = ''): string {
  const type: Type = { kind: `RANGE<${kind.toUpperCase()}>` as RangeKind };
  const shown = [a, b].map((sql) => `'${type.kind}' || ${castTo({ sql, type }, STRING, false, 0).sql}`);
  const apart = `'Provided RANGE inputs: ' || ${shown.join(" || ' and ' || ")} || ' do not overlap. Please check RANGE_OVERLAPS before calling RANGE_INTERSECT'`;
  const [starts, ends] = ['s', 'e'].map((end) =>
    [a, b].map((range) => `struct_extract(${range}, '${end}')`).join(', '),
  );
  return `CASE bq_range_overlaps(${a}, ${b}) WHEN true THEN struct_pack(s := greatest(${starts}), e := least(${ends})) WHEN false THEN ${raiseWith(apart, duckType(type))} END`;
}

const days = (list: string): string => `(SELECT ARRAY_AGG(CAST(x AS STRING)) FROM UNNEST(${list}) AS x)`;

export const ranges: readonly Entry[] = [
  range,
  overRanges(
    'RANGE_START',
    [['R', 'E', (r) => `bq_range_start(${r})`]],
    [
      ["RANGE_START(RANGE<DATE> '[2026-01-01, UNBOUNDED)')", '2026-01-01'],
      ["RANGE_START(RANGE<DATE> '[NULL, 2026-01-01)')", null],
      ['RANGE_START(NULL)', 'error'],
    ],
  ),
  overRanges(
    'RANGE_END',
    [['R', 'E', (r) => `bq_range_end(${r})`]],
    [
      ["RANGE_END(RANGE<DATETIME> '[UNBOUNDED, 2026-01-01 12:00:00)')", '2026-01-01T12:00:00'],
      ['RANGE_END(CAST(NULL AS RANGE<DATE>))', null],
    ],
  ),
  overRanges(
    'RANGE_CONTAINS',
    [
      ['R, R', 'BOOL', (a, b) => `bq_range_holds(${a}, ${b})`],
      ['R, E', 'BOOL', (r, x) => `bq_in_range(${r}, ${x})`],
    ],
    [
      ["RANGE_CONTAINS(RANGE<DATE> '[2026-01-01, UNBOUNDED)', DATE '2026-01-01')", true],
      ["RANGE_CONTAINS(RANGE<DATE> '[2026-01-01, 2026-02-01)', DATE '2026-02-01')", false],
      [
        "RANGE_CONTAINS(RANGE<DATE> '[2026-01-01, 2026-02-01)', RANGE<DATE> '[2026-01-05, 2026-02-01)')",
        true,
      ],
      [
        "RANGE_CONTAINS(RANGE<DATE> '[2026-01-01, 2026-02-01)', RANGE<DATE> '[2026-01-05, UNBOUNDED)')",
        false,
      ],
      ["RANGE_CONTAINS(RANGE<DATE> '[2026-01-01, 2026-02-01)', NULL)", null],
    ],
  ),
  overRanges(
    'RANGE_OVERLAPS',
    [['R, R', 'BOOL', (a, b) => `bq_range_overlaps(${a}, ${b})`]],
    [
      [
        "RANGE_OVERLAPS(RANGE<DATE> '[2026-01-01, 2026-02-01)', RANGE<DATE> '[2026-02-01, UNBOUNDED)')",
        false,
      ],
      ["RANGE_OVERLAPS(RANGE<DATE> '[2026-01-01, 2026-02-01)', RANGE<DATE> '[UNBOUNDED, 2026-01-02)')", true],
    ],
    2,
  ),
  overRanges(
    'RANGE_INTERSECT',
    [['R, R', 'R', intersection]],
    [
      [
        "RANGE_INTERSECT(RANGE<DATE> '[2026-01-01, UNBOUNDED)', RANGE<DATE> '[2025-01-01, 2026-03-01)')",
        '[2026-01-01, 2026-03-01)',
      ],
      [
        "RANGE_INTERSECT(RANGE<DATE> '[2026-01-01, 2026-02-01)', RANGE<DATE> '[2026-02-01, 2026-03-01)')",
        'error',
      ],
      [
        "SAFE.RANGE_INTERSECT(RANGE<DATE> '[2026-01-01, 2026-02-01)', RANGE<DATE> '[2026-02-01, 2026-03-01)')",
        null,
      ],
    ],
  ),
  overRanges(
    'GENERATE_RANGE_ARRAY',
    [
      ['R, INTERVAL', 'ARRAY<R>', (r, step, kind) => `bq_${kind}_ranges(${r}, ${step}, true)`],
      ['R, INTERVAL, BOOL', 'ARRAY<R>', (r, step, last, kind) => `bq_${kind}_ranges(${r}, ${step}, ${last})`],
    ],
    [
      [
        days("GENERATE_RANGE_ARRAY(RANGE<DATE> '[2026-01-31, 2026-04-15)', INTERVAL 1 MONTH)"),
        ['[2026-01-31, 2026-02-28)', '[2026-02-28, 2026-03-31)', '[2026-03-31, 2026-04-15)'],
      ],
      [
        days("GENERATE_RANGE_ARRAY(RANGE<DATE> '[2026-01-01, 2026-01-06)', INTERVAL 2 DAY, FALSE)"),
        ['[2026-01-01, 2026-01-03)', '[2026-01-03, 2026-01-05)'],
      ],
      [
        "ARRAY_LENGTH(GENERATE_RANGE_ARRAY(RANGE<DATE> '[2026-01-01, 2026-01-05)', INTERVAL 2 DAY, FALSE))",
        2,
      ],
      [
        days(
          "GENERATE_RANGE_ARRAY(RANGE<DATETIME> '[2026-01-01, 2026-01-02)', INTERVAL '0 14:00' DAY TO MINUTE)",
        ),
        ['[2026-01-01 00:00:00, 2026-01-01 14:00:00)', '[2026-01-01 14:00:00, 2026-01-02 00:00:00)'],
      ],
      [
        "ARRAY_LENGTH(GENERATE_RANGE_ARRAY(RANGE<TIMESTAMP> '[2026-01-01 00:00:00+00, 2026-01-02 00:00:00+00)', INTERVAL 1 HOUR))",
        24,
      ],
      ["GENERATE_RANGE_ARRAY(RANGE<DATE> '[2026-01-01, UNBOUNDED)', INTERVAL 1 DAY)", 'error'],
      ["GENERATE_RANGE_ARRAY(RANGE<DATE> '[2026-01-01, 2026-02-01)', INTERVAL 1 HOUR)", 'error'],
      ["GENERATE_RANGE_ARRAY(RANGE<DATE> '[2026-01-01, 2026-02-01)', INTERVAL -1 DAY)", 'error'],
      [
        "GENERATE_RANGE_ARRAY(RANGE<TIMESTAMP> '[2026-01-01 00:00:00+00, UNBOUNDED)', INTERVAL 1 MONTH)",
        'error',
      ],
    ],
  ),
];

const wrongSteps: Readonly<Record<string, readonly (readonly [condition: string, message: string])[]>> = {
  DATE: [
    ['micros != 0', 'step with non-zero (H:M:S[.F]) part is not supported'],
    ['months != 0 AND days != 0', 'step should either have the Y-M part or the DAY part'],
  ],
  DATETIME: [
    [
      'months != 0 AND (days != 0 OR micros != 0)',
      'step should either have the Y-M part or the D (H:M:S[.F]) part',
    ],
  ],
  TIMESTAMP: [['months != 0', 'step with non-zero MONTH or YEAR part is not supported']],
};

function macrosOf(kind: (typeof kinds)[number]): string[] {
  const name = kind.toLowerCase();
  const element = duckType({ kind });
  const struct = duckType({ kind: `RANGE<${kind}>` });
  const made = kind === 'TIMESTAMP' ? 'make_timestamptz' : 'make_timestamp';
  const at = (x: string): string =>
    kind === 'DATE' ? `CAST(make_timestamp(${x}) AS DATE)` : `${made}(${x})`;
  const wrong = [
    ...(wrongSteps[kind] ?? []),
    ['months < 0 OR days < 0 OR micros < 0', 'step cannot be negative'],
    ['months = 0 AND days = 0 AND micros = 0', 'step cannot be 0'],
    [
      "NOT isfinite(struct_extract(r, 's')) OR NOT isfinite(struct_extract(r, 'e'))",
      'input RANGE cannot have UNBOUNDED endpoints',
    ],
  ].map(([condition, message = '']) => `WHEN ${condition} THEN ${raise(message, `${struct}[]`)}`);
  return [
    `bq_range_${name}(a, b) AS CASE WHEN a >= b THEN ${raise(misplacedEnds, struct)} ELSE struct_pack(s := coalesce(a, CAST('-infinity' AS ${element})), e := coalesce(b, CAST('infinity' AS ${element}))) END`,
    `bq_${name}_ranges(r, i, last) AS CASE WHEN r IS NOT NULL AND i IS NOT NULL AND last IS NOT NULL THEN bq_${name}_parts(r, bq_interval_months(i), datepart('day', i), bq_interval_micros(i), last) END`,
    `bq_${name}_parts(r, months, days, micros, last) AS CASE ${wrong.join(' ')} ELSE list_transform(CAST(CAST(bq_range_steps(epoch_us(struct_extract(r, 's')), epoch_us(struct_extract(r, 'e')), months, days, micros, CAST(last AS BIGINT)) AS JSON) AS BIGINT[][]), lambda bq_p: struct_pack(s := ${at('bq_p[1]')}, e := ${at('bq_p[2]')})) END`,
  ];
}

export const rangeMacros: readonly string[] = [
  "bq_range_start(r) AS CASE WHEN isfinite(struct_extract(r, 's')) THEN struct_extract(r, 's') END",
  "bq_range_end(r) AS CASE WHEN isfinite(struct_extract(r, 'e')) THEN struct_extract(r, 'e') END",
  "bq_in_range(r, x) AS (struct_extract(r, 's') <= x AND x < struct_extract(r, 'e'))",
  "bq_range_holds(a, b) AS (struct_extract(a, 's') <= struct_extract(b, 's') AND struct_extract(b, 'e') <= struct_extract(a, 'e'))",
  "bq_range_overlaps(a, b) AS (struct_extract(a, 's') < struct_extract(b, 'e') AND struct_extract(b, 's') < struct_extract(a, 'e'))",
  rangeTextMacro,
  ...kinds.flatMap(macrosOf),
];
