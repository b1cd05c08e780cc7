import type { DuckDBValue } from '@duckdb/node-api';
import type { SchemaField } from '../../engine/schema.ts';
import { BadCell, recordReader } from '../../rows/cells.ts';
import { detectedFields } from './detect.ts';
import { type BadRow, type Configuration, type Reading, timesOf } from './reading.ts';
import { decoded, type Source } from './sources.ts';

type Json = Readonly<Record<string, unknown>>;

export async function readJson(
  sources: readonly Source[],
  given: readonly SchemaField[] | undefined,
  configuration: Configuration,
): Promise<Reading> {
  const encoding = String(configuration.encoding ?? 'UTF-8');
  const fields = given ?? (await detect(sources, encoding));
  const read = recordReader(fields, {
    ignoreUnknown: configuration.ignoreUnknownValues === true,
    jsonAsText: false,
    ...timesOf(configuration),
  });
  return { fields, rows: rows(sources, encoding, read) };
}

async function* rows(
  sources: readonly Source[],
  encoding: string,
  read: (record: Json) => DuckDBValue[],
): AsyncGenerator<(DuckDBValue[] | BadRow)[]> {
  for (const source of sources)
    for await (const lines of linesOf(decoded(source, encoding)))
      yield lines.map(({ text, position }) => {
        const record = parsed(text);
        if (typeof record === 'string')
          return { bad: `JSON parsing error in row starting at position ${position}: ${record}` };
        try {
          return read(record);
        } catch (error) {
          if (!(error instanceof BadCell)) throw error;
          return { bad: `JSON parsing error in row starting at position ${position}: ${error.message}` };
        }
      });
}

/** The object, or why it is none. */
function parsed(line: string): Json | string {
  try {
    // Only what a double cannot hold costs the slower way.
    const value: unknown = /\d{16}/.test(line) ? JSON.parse(line, exactInteger) : JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : 'Row is not a JSON object.';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function exactInteger(_: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<{ text: string; position: number }[]> {
  let held = '';
  let position = 0;
  const take = (lines: readonly string[]): { text: string; position: number }[] => {
    const found: { text: string; position: number }[] = [];
    for (const line of lines) {
      if (line.trim() !== '') found.push({ text: line, position });
      position += line.length + 1;
    }
    return found;
  };
  for await (const chunk of chunks) {
    const lines = (held + chunk).split('\n');
    held = lines.pop() ?? '';
    yield take(lines);
  }
  yield take([held]);
}

const sampleRows = 500;

async function detect(sources: readonly Source[], encoding: string): Promise<SchemaField[]> {
  const sample: Json[] = [];
  for (const source of sources) {
    for await (const lines of linesOf(decoded(source, encoding))) {
      for (const { text } of lines) {
        const record = parsed(text);
        if (typeof record !== 'string') sample.push(record);
      }
      if (sample.length >= sampleRows) return detectedFields(sample.slice(0, sampleRows));
    }
  }
  return detectedFields(sample);
}
