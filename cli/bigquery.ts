import { bigqueryClient } from '../runtime/google-clients.ts';
import {
  codeOf,
  InputError,
  messageOf,
  OrderlakeError,
  SetupError,
  TransientError,
} from '../runtime/index.ts';

export type AnswerRow = Readonly<Record<string, unknown>>;

/** Named parameters; bytes go as base64 text, since the client would write them as an object. */
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Runs a statement and returns its rows with plain values: text, numbers, booleans, null; bytes as base64. */
export async function ask(project: string, sql: string, parameters: Parameters = {}): Promise<AnswerRow[]> {
  const client = await bigqueryClient(project);
  try {
    const [rows] = await client.query({ query: sql, params: { ...parameters } });
    return (rows as AnswerRow[]).map(plainRow);
  } catch (error) {
    throw queryError(error);
  }
}

function plainRow(row: AnswerRow): AnswerRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/** The client wraps dates, timestamps and NUMERIC in classes of its own. */
function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if ('toFixed' in value && typeof value.toFixed === 'function') return String(value);
  if ('value' in value && typeof value.value === 'string') return value.value;
  return plainRow(value as AnswerRow);
}

function queryError(error: unknown): OrderlakeError {
  if (error instanceof OrderlakeError) return error;
  const code = codeOf(error);
  const fields = { got: messageOf(error), cause: error };
  if (code === 400) return new InputError('BigQuery refused the query', fields);
  if (code === 401 || code === 403 || code === 404) return new SetupError('BigQuery cannot answer', fields);
  return new TransientError('BigQuery did not answer', {
    ...fields,
    action: 'Is `orderlake start` running, or are you signed in (gcloud auth application-default login)?',
  });
}
