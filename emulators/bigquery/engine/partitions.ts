import { SqlError } from '../sql/sql-error.ts';
import { quoted, text } from '../sql/types.ts';
import type { TableBody } from './metadata.ts';

/** Where rows of a table partitioned by their arrival keep it: a column of DuckDB's that no schema shows. */
export const arrivalColumn = '_PARTITIONTIME';

export type PartitionUnit = 'HOUR' | 'DAY' | 'MONTH' | 'YEAR';
const digits: Readonly<Record<PartitionUnit, number>> = { YEAR: 4, MONTH: 6, DAY: 8, HOUR: 10 };
const forms: Readonly<Record<PartitionUnit, string>> = {
  YEAR: '%Y',
  MONTH: '%Y%m',
  DAY: '%Y%m%d',
  HOUR: '%Y%m%d%H',
};

export interface RangePartitioning {
  readonly field: string;
  readonly range: { readonly start: string; readonly end: string; readonly interval: string };
}

export const unitOf = (body: TableBody): PartitionUnit =>
  ((body.timePartitioning?.type as string | undefined)?.toUpperCase() ?? 'DAY') as PartitionUnit;
export const rangeOf = (body: TableBody): RangePartitioning | undefined =>
  body.rangePartitioning as RangePartitioning | undefined;
export const isByArrival = (body: TableBody): boolean =>
  body.timePartitioning !== undefined && body.timePartitioning.field === undefined;

/** `t$20261120` as the table and the partition. */
export function decorated(table: string): { table: string; partition?: string } {
  const at = table.lastIndexOf('$');
  return at < 0 ? { table } : { table: table.slice(0, at), partition: table.slice(at + 1) };
}

export function partitionColumn(body: TableBody): string | undefined {
  return body.timePartitioning ? (body.timePartitioning.field ?? arrivalColumn) : rangeOf(body)?.field;
}

/** The id of a row's partition as DuckDB computes it; undefined where the table has none. */
export function partitionId(body: TableBody): string | undefined {
  const column = partitionColumn(body);
  if (column === undefined) return undefined;
  const range = rangeOf(body)?.range;
  if (!range) return `coalesce(strftime(${quoted(column)}, ${text(forms[unitOf(body)])}), '__NULL__')`;
  const [start, end, interval] = [range.start, range.end, range.interval].map(Number) as [
    number,
    number,
    number,
  ];
  const c = quoted(column);
  return `CASE WHEN ${c} IS NULL THEN '__NULL__' WHEN ${c} < ${start} OR ${c} >= ${end} THEN '__UNPARTITIONED__' ELSE CAST(${c} - (${c} - ${start}) % ${interval} AS VARCHAR) END`;
}

const microsIn: Readonly<Partial<Record<PartitionUnit, number>>> = {
  DAY: 86_400_000_000,
  HOUR: 3_600_000_000,
};
/** From the first of January of the year 1, the first that there is, to 1970: so that no instant counts as negative. */
const microsBefore1970 = 62_135_596_800_000_000;

/** Tells partitions apart as their ids do. Days and hours are numbers: text of them takes 40 times as long to make. */
export function partitionKey(body: TableBody): string | undefined {
  const column = partitionColumn(body);
  const micros = microsIn[unitOf(body)];
  if (column === undefined || micros === undefined || rangeOf(body)) return partitionId(body);
  return `coalesce((epoch_us(${quoted(column)}) + ${microsBefore1970}) // ${micros}, -1)`;
}

/** Which rows of the table are in the partition. */
export function partitionCondition(body: TableBody, name: string, partition: string): string {
  const id = partitionId(body);
  if (id === undefined)
    throw new SqlError(
      `Cannot read partition information from a table that is not partitioned: ${name}$${partition}`,
      undefined,
      'invalid',
    );
  checkPartition(body, name, partition);
  return `${id} = ${text(partition)}`;
}

export function checkPartition(body: TableBody, name: string, partition: string): void {
  if (/^__(NULL|UNPARTITIONED)__$/.test(partition)) return;
  const fits = rangeOf(body)
    ? /^-?\d+$/.test(partition)
    : partition.length === digits[unitOf(body)] && arrivalOf(partition) !== undefined;
  if (!fits)
    throw new SqlError(
      `Invalid time partitioning encoding for partition decorator ${name}$${partition}`,
      undefined,
      'invalid',
    );
}

/** When a partition by time begins, in milliseconds. */
export function arrivalOf(partition: string): number | undefined {
  const [, y, m = '01', d = '01', h = '00'] = /^(\d{4})(\d\d)?(\d\d)?(\d\d)?$/.exec(partition) ?? [];
  const at = Date.parse(`${y}-${m}-${d}T${h}:00:00Z`);
  return Number.isNaN(at) ? undefined : at;
}

function specification(body: TableBody): string {
  const range = rangeOf(body);
  if (range)
    return `interval(type:int,field:${range.field},start:${range.range.start},end:${range.range.end},interval:${range.range.interval})`;
  if (!body.timePartitioning) return 'none';
  const { field } = body.timePartitioning;
  return `interval(type:${unitOf(body).toLowerCase()}${field === undefined ? '' : `,field:${field}`})`;
}

/** How a table is partitioned is settled when it is made; only how long its partitions stay may change. */
export function checkSamePartitioning(before: TableBody, after: TableBody): void {
  const [was, is] = [specification(before), specification(after)];
  if (before.type === 'TABLE' && after.type === 'TABLE' && was.toLowerCase() !== is.toLowerCase())
    throw new SqlError(
      `Cannot replace a table with a different partitioning spec. Instead, DROP the table, and then recreate it. New partitioning spec is ${is} and existing spec is ${was}`,
      undefined,
      'invalid',
    );
}
