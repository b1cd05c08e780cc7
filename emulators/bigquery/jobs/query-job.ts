import { asSqlError } from '../engine/errors.ts';
import type { Place } from '../engine/metadata.ts';
import { fieldOf } from '../engine/schema.ts';
import { parseScript } from '../sql/parse/script.ts';
import { SqlError } from '../sql/sql-error.ts';
import { type Destination, deliver, destinationTable } from './destination.ts';
import { Interpreter } from './interpreter.ts';
import type { JobRequest } from './job-store.ts';
import type { Outcome, Parameters, Session } from './session.ts';

export interface QueryRequest {
  readonly query: string;
  readonly place: Place;
  readonly parameters: Parameters;
  /** The `configuration` that the job answers with. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly destination?: Destination;
}

export function queryJob(request: QueryRequest): JobRequest {
  return {
    configuration: request.configuration,
    statement: request.query,
    work: (session) =>
      request.destination ? intoTable(session, request, request.destination) : run(session, request),
  };
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
