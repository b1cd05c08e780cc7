import type { TableName } from '../engine/definitions.ts';
import { asSqlError } from '../engine/errors.ts';
import { fieldOf } from '../engine/schema.ts';
import { parseScript } from '../sql/parse/script.ts';
import { SqlError } from '../sql/sql-error.ts';
import { type Destination, deliver, destinationTable } from './destination.ts';
import { billed, plan, plannedBytes, referencedTables } from './dry-run.ts';
import { Interpreter } from './interpreter.ts';
import type { JobRequest } from './job-store.ts';
import type { QueryRequest } from './query-request.ts';
import type { Outcome, Session } from './session.ts';

export function queryJob(request: QueryRequest): JobRequest {
  return {
    configuration: request.configuration,
    statement: request.query,
    work: (session) => counted(session, request),
    ...(request.session && { session: request.session }),
  };
}

async function counted(session: Session, request: QueryRequest): Promise<Outcome> {
  if (request.timeZone !== undefined) session.timeZone = request.timeZone;
  if (isRead(session, request)) return readAndCounted(session, request);
  const { bytes, referenced } = await toRead(session, request);
  if (request.maximumBytesBilled !== undefined && billed(bytes) > request.maximumBytesBilled)
    throw new SqlError(
      `Query exceeded limit for bytes billed: ${request.maximumBytesBilled}. ${billed(bytes)} or higher required.`,
      undefined,
      'bytesBilledLimitExceeded',
    );
  const outcome = await (request.destination
    ? intoTable(session, request, request.destination)
    : run(session, request));
  return { ...outcome, bytes, referenced };
}

/** One query that changes nothing and has no limit to keep: what it reads counts for the same before and after it. */
function isRead(session: Session, request: QueryRequest): boolean {
  if (request.maximumBytesBilled !== undefined || request.destination || session.inTransaction) return false;
  try {
    const statements = parseScript(request.query);
    return statements.length === 1 && statements[0]?.kind === 'select';
  } catch {
    return false;
  }
}

/** Rows on their way are waited for once, by the query: somebody who watches a stream asks again and again. */
async function readAndCounted(session: Session, request: QueryRequest): Promise<Outcome> {
  const outcome = await run(session, request);
  const { bytes, referenced } = await toRead(session, request, false);
  return { ...outcome, bytes, referenced };
}

/** A statement that cannot be planned raises its own error when it runs. */
async function toRead(
  session: Session,
  request: QueryRequest,
  waitForRows = true,
): Promise<{ bytes: number; referenced: readonly TableName[] }> {
  let planned: ReturnType<typeof plan>;
  try {
    planned = plan(session.engine, request);
  } catch {
    return { bytes: 0, referenced: [] };
  }
  const bytes = await plannedBytes(session.engine, session.connection, planned, waitForRows);
  return { bytes, referenced: referencedTables(planned) };
}

const run = (session: Session, { query, place, parameters }: QueryRequest): Promise<Outcome> =>
  new Interpreter(session).run(query, place, parameters);

/** The rows are kept once and read twice: into their table, and as the job's answer. */
async function intoTable(
  session: Session,
  request: QueryRequest,
  destination: Destination,
): Promise<Outcome> {
  let statements: ReturnType<typeof parseScript>;
  try {
    statements = parseScript(request.query);
  } catch (error) {
    throw asSqlError(error, request.query);
  }
  const [only] = statements;
  if (statements.length !== 1 || only?.kind !== 'select')
    throw new SqlError(
      'configuration.query.destinationTable cannot be set for scripts or statements other than SELECT',
      undefined,
      'invalidQuery',
    );
  destinationTable(session, destination);
  session.keepResultIn = '_result';
  const outcome = await run(session, request);
  const columns = outcome.result?.columns ?? [];
  await deliver(session, destination, {
    fields: columns.map((c) => fieldOf(c.name, c.type)),
    relation: 'temp."_result"',
  });
  return outcome;
}
