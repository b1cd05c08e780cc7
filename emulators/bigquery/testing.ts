import type { SchemaField } from './engine/schema.ts';
import { type BigQueryEmulator, type BigQueryOptions, startBigQuery } from './index.ts';

export interface Answer {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly affected: number | undefined;
}

/** An emulator and the plainest of clients, for tests about SQL rather than about clients. */
export class Bench {
  readonly emulator: BigQueryEmulator;
  constructor(emulator: BigQueryEmulator) {
    this.emulator = emulator;
  }

  static async start(options: BigQueryOptions = {}): Promise<Bench> {
    return new Bench(await startBigQuery(options));
  }

  async query(sql: string, more: object = {}): Promise<Answer> {
    const body = {
      query: sql,
      useLegacySql: false,
      formatOptions: { useInt64Timestamp: true },
      timeoutMs: 30_000,
      ...more,
    };
    const answer = await this.send<QueryAnswer>('POST', '/projects/lab/queries', body);
    const fields = answer.schema?.fields ?? [];
    const rows = (answer.rows ?? []).map((row) =>
      row.f.map((cell, i) => plain(cell.v, fields[i] as SchemaField)),
    );
    const affected = answer.numDmlAffectedRows === undefined ? undefined : Number(answer.numDmlAffectedRows);
    return {
      rows,
      affected,
      columns: fields.map((f) => f.name),
      types: fields.map((f) => (f.mode === 'REPEATED' ? `${f.type}[]` : f.type)),
    };
  }

  async rows(sql: string, more: object = {}): Promise<readonly (readonly unknown[])[]> {
    return (await this.query(sql, more)).rows;
  }
  async value(sql: string, more: object = {}): Promise<unknown> {
    return (await this.rows(sql, more))[0]?.[0];
  }

  /** What the answer is made of is known to whoever asks. */
  async send<T = unknown>(verb: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.emulator.environment.BIGQUERY_EMULATOR_HOST + path, {
      method: verb,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    const text = await response.text();
    const json = text === '' ? {} : JSON.parse(text);
    if (!response.ok)
      throw Object.assign(new Error(json.error.message), {
        status: response.status,
        reason: json.error.errors[0].reason,
      });
    return json;
  }

  stop(): Promise<void> {
    return this.emulator.stop();
  }
}

interface QueryAnswer {
  readonly schema?: { readonly fields?: readonly SchemaField[] };
  readonly rows?: readonly RestRow[];
  readonly numDmlAffectedRows?: string;
}
interface RestRow {
  readonly f: readonly { readonly v: unknown }[];
}

/** Numbers as numbers, timestamps as RFC 3339, structs as objects. */
function plain(value: unknown, field: SchemaField): unknown {
  if (value === null) return null;
  if (field.mode === 'REPEATED')
    return (value as { v: unknown }[]).map((item) => plain(item.v, { ...field, mode: 'NULLABLE' }));
  if (field.type === 'RECORD')
    return Object.fromEntries(
      (field.fields ?? []).map((f, i) => [f.name, plain((value as RestRow).f[i]?.v ?? null, f)]),
    );
  if (field.type === 'BOOLEAN') return value === 'true';
  if (field.type === 'TIMESTAMP') return instant(BigInt(value as string));
  return /INTEGER|FLOAT|NUMERIC/.test(field.type) ? Number(value) : value;
}

function instant(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${seconds}${fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`}Z`;
}
