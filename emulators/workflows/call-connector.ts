import type { Connector } from './library/connectors.ts';
import { Raised, raised } from './raised.ts';
import { isMap, type Value, type ValueMap } from './value.ts';

export interface ConnectorHost {
  /** The base address of the BigQuery API. */
  readonly bigqueryBase: string;
  readonly signal: AbortSignal;
  now(): number;
  sleep(seconds: number): Promise<void>;
}

/** The service's first wait is one second; here most jobs are over in milliseconds. */
const polling = { first: 0.02, most: 5, factor: 1.5 };
const standardTimeout = 1800;

export async function callConnector(
  connector: Connector,
  args: ValueMap,
  host: ConnectorHost,
): Promise<Value> {
  const answer = await send(connector.verb, addressOf(connector, args, host), args.body ?? null, host);
  const parameters = args.connector_params ?? null;
  const skip = isMap(parameters) && parameters.skip_polling === true;
  return connector.waits && !skip ? waitForJob(answer, timeoutOf(parameters), host) : answer;
}

/** Raises OperationError where the job ends with an error, TimeoutError where it does not end in time. */
async function waitForJob(inserted: Value, timeout: number, host: ConnectorHost): Promise<Value> {
  const deadline = host.now() + timeout;
  let job = inserted;
  for (let wait = polling.first; ; wait = Math.min(wait * polling.factor, polling.most)) {
    const status = member(job, 'status');
    if (member(status, 'state') === 'DONE') {
      const failure = member(status, 'errorResult');
      if (failure === null) return job;
      const message = String(member(failure, 'message') ?? 'the job failed');
      throw raised('OperationError', message, { operation: job });
    }
    if (host.now() >= deadline) throw raised('TimeoutError', `the job is not done after ${timeout} seconds`);
    await host.sleep(wait);
    job = await send('GET', jobAddress(job, host), null, host);
  }
}

function timeoutOf(parameters: Value): number {
  const timeout = isMap(parameters) ? (parameters.timeout ?? null) : null;
  return typeof timeout === 'number' ? timeout : standardTimeout;
}

function jobAddress(job: Value, host: ConnectorHost): string {
  const reference = member(job, 'jobReference');
  const part = (name: string): string => encodeURIComponent(String(member(reference, name)));
  return `${host.bigqueryBase}/projects/${part('projectId')}/jobs/${part('jobId')}?location=${part('location')}`;
}

function addressOf(connector: Connector, args: ValueMap, host: ConnectorHost): string {
  const path = connector.path.replace(/\{(\w+)\}/g, (_part, name: string) =>
    encodeURIComponent(String(args[name])),
  );
  const query = new URLSearchParams();
  for (const name of connector.query) {
    const value = args[name] ?? null;
    if (value !== null) query.set(name, String(value));
  }
  return `${host.bigqueryBase}${path}${query.size > 0 ? `?${query}` : ''}`;
}

async function send(verb: string, address: string, body: Value, host: ConnectorHost): Promise<Value> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      method: verb,
      signal: host.signal,
      ...(verb === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (error) {
    if (host.signal.aborted) throw error;
    throw raised(
      'ConnectionError',
      `connection broken: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const answer = bodyOf(text);
  if (response.ok) return answer;
  throw new Raised({
    code: response.status,
    message: `HTTP server responded with error code ${response.status}`,
    headers: Object.fromEntries(response.headers),
    body: answer,
    tags: ['HttpError'],
  });
}

function bodyOf(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

const member = (value: Value, name: string): Value =>
  isMap(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
