import type { TableName } from '../engine/definitions.ts';
import { fieldOf } from '../engine/schema.ts';
import type { Statement } from '../sql/parse/syntax.ts';
import { SqlError } from '../sql/sql-error.ts';
import { type Destination, deliver, destinationTable } from './destination.ts';
import { billed, type Plan, plan, plannedBytes, referencedTables, statementsOf } from './dry-run.ts';
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
  const { destination, maximumBytesBilled: limit } = request;
  const statements = statementsOf(request);
  const run = (): Promise<Outcome> => new Interpreter(session).run(statements, request);
  // What a query reads that changes nothing counts for the same after it, and it has waited for the rows on their
  // way: somebody who watches a stream asks again and again.
  if (isQuery(statements) && limit === undefined && !destination)
    return { ...(await run()), ...(await toRead(session, request, statements, false)) };
  const read = await toRead(session, request, statements);
  if (limit !== undefined && billed(read.bytes) > limit)
    throw new SqlError(
      `Query exceeded limit for bytes billed: ${limit}. ${billed(read.bytes)} or higher required.`,
      undefined,
      'bytesBilledLimitExceeded',
    );
  const outcome = await (destination ? intoTable(session, statements, destination, run) : run());
  return { ...outcome, ...read };
}

const isQuery = ([only, second]: readonly Statement[]): boolean => only?.kind === 'select' && !second;

/** A statement that cannot be planned raises its own error when it runs. */
async function toRead(
  { engine, connection }: Session,
  request: QueryRequest,
  statements: Statement[],
  waitForRows = true,
): Promise<{ bytes: number; referenced: readonly TableName[] }> {
  let planned: Plan;
  try {
    planned = plan(engine, request, statements);
  } catch {
    return { bytes: 0, referenced: [] };
  }
  const bytes = await plannedBytes(engine, connection, planned, waitForRows);
  return { bytes, referenced: referencedTables(planned) };
}

/** The rows are kept once and read twice: into their table, and as the job's answer. */
async function intoTable(
  session: Session,
  statements: readonly Statement[],
  destination: Destination,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  if (!isQuery(statements))
    throw new SqlError(
      'configuration.query.destinationTable cannot be set for scripts or statements other than SELECT',
      undefined,
      'invalidQuery',
    );
  destinationTable(session, destination);
  session.keepResultIn = '_result';
  const outcome = await run();
  const columns = outcome.result?.columns ?? [];
  await deliver(session, destination, {
    fields: columns.map((c) => fieldOf(c.name, c.type)),
    relation: 'temp."_result"',
  });
  return outcome;
}
