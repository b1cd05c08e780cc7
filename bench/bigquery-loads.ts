import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { round } from './figures.ts';

interface Loaded {
  readonly megabytes: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
}
interface Job {
  readonly jobReference: { readonly jobId: string };
  readonly status: { readonly state: string; readonly errorResult?: { readonly message: string } };
  readonly statistics: { readonly load?: { readonly outputRows: string } };
}

const fields = [
  { name: 'n', type: 'INTEGER' },
  { name: 'kind', type: 'STRING' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'price', type: 'NUMERIC', precision: '12', scale: '2' },
  { name: 'share', type: 'FLOAT' },
  { name: 'ok', type: 'BOOLEAN' },
];

/** The same rows as a file of each format, brought along by the job; the time runs until the job says it is done. */
export async function loadFiles(rest: string, rows: number): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-load-'));
  try {
    const files = await writeFiles(folder, rows);
    const found: Record<string, Loaded> = {};
    for (const [format, path] of Object.entries(files)) {
      const bytes = readFileSync(path);
      const begun = performance.now();
      const job = await ended(rest, await upload(rest, format, bytes));
      const seconds = (performance.now() - begun) / 1000;
      const loaded = Number(job.statistics.load?.outputRows);
      if (loaded !== rows) throw new Error(`Of ${rows} rows in ${format}, ${loaded} were loaded.`);
      found[format.toLowerCase()] = {
        megabytes: round(bytes.length / 1e6),
        seconds: round(seconds),
        rowsPerSecond: Math.round(rows / seconds),
      };
    }
    return { rows, ...found };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeFiles(folder: string, rows: number): Promise<{ CSV: string; PARQUET: string }> {
  const files = { CSV: join(folder, 'rows.csv'), PARQUET: join(folder, 'rows.parquet') };
  const database = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await database.connect();
  await connection.run(`CREATE TABLE made AS SELECT range AS n, 'kind number ' || (range % 50) AS kind,
    make_timestamptz(1767225600000000 + range) AS "at", DATE '2026-01-01' + CAST(range % 365 AS INTEGER) AS day,
    CAST(range % 100000 / 100 AS DECIMAL(12, 2)) AS price, range / 7 AS share, range % 3 = 0 AS ok FROM range(${rows})`);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY made TO '${files.CSV}' (FORMAT csv, HEADER)`);
  await connection.run(`COPY made TO '${files.PARQUET}' (FORMAT parquet)`);
  connection.closeSync();
  database.closeSync();
  return files;
}

async function upload(rest: string, format: string, bytes: Buffer): Promise<Job> {
  const load = {
    destinationTable: { projectId: 'bench', datasetId: 'bench', tableId: `loaded_${format.toLowerCase()}` },
    schema: { fields },
    sourceFormat: format,
    ...(format === 'CSV' && { skipLeadingRows: 1 }),
  };
  const boundary = 'between-the-parts';
  const head = `--${boundary}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify({ configuration: { load } })}\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`;
  return answerOf(
    await fetch(
      `${rest.replace('/bigquery/v2', '/upload/bigquery/v2')}/projects/bench/jobs?uploadType=multipart`,
      {
        method: 'POST',
        headers: { 'content-type': `multipart/related; boundary=${boundary}` },
        body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
      },
    ),
  );
}

async function ended(rest: string, begun: Job): Promise<Job> {
  for (let job = begun; ; ) {
    if (job.status.errorResult) throw new Error(job.status.errorResult.message);
    if (job.status.state === 'DONE') return job;
    await new Promise((resolve) => setTimeout(resolve, 10));
    job = await answerOf(await fetch(`${rest}/projects/bench/jobs/${job.jobReference.jobId}`));
  }
}

async function answerOf(response: Response): Promise<Job> {
  const answer = (await response.json()) as Job & { error?: { message: string } };
  if (answer.error) throw new Error(answer.error.message);
  return answer;
}
