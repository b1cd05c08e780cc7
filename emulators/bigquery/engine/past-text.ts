import { raise } from '../sql/catalogue/entry.ts';
import { quoted } from '../sql/types.ts';
import { cameColumn, rowsColumn, spanColumn, untilColumn } from './row-times.ts';

/** Until then its rows were those of `sql`; without it nothing is kept of that time. Microseconds since the epoch. */
export interface Stood {
  readonly until: bigint;
  readonly sql?: string;
  readonly span: number;
  readonly traces?: Traces | undefined;
}
/** Rows that stood here for a while until streamed ones replaced them, or how many rows there were when. */
export interface Traces {
  readonly kind: 'images' | 'marks';
  readonly tables: readonly string[];
}
export interface Past {
  /** As the service calls it. */
  readonly name: string;
  readonly id: number;
  readonly since: bigint;
  readonly versions: readonly Stood[];
  readonly present: Stood & { readonly sql: string };
  /** How often the whole table had changed when this was written down. */
  readonly changes: number;
}

/** Of all tables: from when they can be read, and how often they changed, for texts that were made before. */
export const boundsTable = '_past.bounds';

const instant = (micros: bigint): string => `make_timestamptz(${micros})`;
const bound = (what: string, { id }: Past): string =>
  `(SELECT max(${what}) FROM ${boundsTable} WHERE id = ${id})`;

/** The rows of that time, as DuckDB's text: only it knows the time. It refuses a time of which nothing is known. */
export function pastText(past: Past, columns: readonly string[], time: string, now: string): string {
  const between = (from: bigint, until?: bigint): string =>
    `(${time} >= ${instant(from)}${until === undefined ? '' : ` AND ${time} < ${instant(until)}`})`;
  const names = columns.map(quoted).join(', ');
  const pieces: string[] = [];
  const lost: string[] = [];
  let from = past.since;
  for (const version of past.versions) {
    const when = between(from, version.until);
    if (version.sql === undefined) lost.push(when);
    else pieces.push(...rowsAt({ ...version, sql: version.sql }, names, time).map((p) => `${p} AND ${when}`));
    from = version.until;
  }
  pieces.push(...rowsAt(past.present, names, time).map((p) => `${p} AND ${between(from)}`));
  const refusals: (readonly [when: string, why: string])[] = [
    [`${time} > ${now}`, `Invalid snapshot time for table ${past.name}: it lies in the future`],
    [
      `${time} < ${instant(past.since)}`,
      `Invalid snapshot time for table ${past.name}. Cannot read before ${past.since / 1000n}`,
    ],
    ...lost.map((when) => [when, notKept(past)] as const),
    ...staleness(past, time),
  ];
  const whens = refusals.map(([when, why]) => `WHEN ${when} THEN ${raise(why, 'BOOLEAN')}`).join(' ');
  // A row of its own, so that an empty table refuses as well.
  const guard = `SELECT t.* FROM (SELECT CASE ${whens} ELSE false END AS ok) AS g JOIN (SELECT ${names} FROM ${past.present.sql} LIMIT 1) AS t ON g.ok`;
  return [...pieces, guard].join(' UNION ALL ');
}

/** The same where the time is known and which version it falls into; with all columns that the table has in DuckDB. */
export function versionText(past: Past, stood: Stood & { readonly sql: string }, micros: bigint): string {
  const time = instant(micros);
  const whens = staleness(past, time).map(([when, why]) => `WHEN ${when} THEN ${raise(why, 'BOOLEAN')}`);
  const [rows = '', ...images] = rowsAt(stood, '*', time);
  const guarded = `${rows} AND CASE ${whens.join(' ')} ELSE true END`;
  return `(${[guarded, ...images].join(' UNION ALL BY NAME ')})`;
}

const notKept = ({ name }: Past): string =>
  `FOR SYSTEM_TIME AS OF this time is not supported by the emulator: ${name} changed its columns, was changed in a transaction or in too many rows at once, or was too large to be kept`;

/** A text is made before the rows that wait are brought in, and runs after. */
const staleness = (past: Past, time: string): [when: string, why: string][] => [
  [`${time} < make_timestamptz(${bound('since', past)})`, notKept(past)],
  [
    `${bound('changes', past)} > ${past.changes}`,
    `${past.name} was changed while its past was being read; run the query again`,
  ],
];

/** The most that DuckDB takes. */
const allRows = 2n ** 62n;

/** Each of the texts ends in a condition that more can be added to. */
function rowsAt(
  { sql, traces, span }: Stood & { readonly sql: string },
  names: string,
  time: string,
): string[] {
  const came = `("${cameColumn}" IS NULL OR "${cameColumn}" <= ${time})`;
  const tables = (kind: Traces['kind']): readonly string[] => (traces?.kind === kind ? traces.tables : []);
  const marks = tables('marks').map((mark) => `FROM ${mark}`);
  const reached = `SELECT max("${rowsColumn}") FROM (${marks.join(' UNION ALL ')}) WHERE "${spanColumn}" = ${span} AND "${cameColumn}" <= ${time}`;
  const first = marks.length === 0 ? sql : `(FROM ${sql} LIMIT (SELECT coalesce((${reached}), ${allRows})))`;
  // The column is only there where rows were streamed to by key.
  const dated = `(FROM ${first} UNION ALL BY NAME SELECT CAST(NULL AS TIMESTAMPTZ) AS "${cameColumn}" WHERE false)`;
  const shown = names === '*' ? `* EXCLUDE ("${untilColumn}", "${spanColumn}")` : names;
  return [
    `SELECT ${names} FROM ${dated} WHERE ${came}`,
    ...tables('images').map(
      (image) =>
        `SELECT ${shown} FROM ${image} WHERE ${came} AND "${untilColumn}" > ${time} AND "${spanColumn}" = ${span}`,
    ),
  ];
}
