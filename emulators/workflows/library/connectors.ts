/** A method of a Google API as Workflows calls it: arguments by name, `body` for the body. */
export interface Connector {
  readonly verb: 'GET' | 'POST';
  /** Below the API's base, with `{argument}` parts. */
  readonly path: string;
  readonly query: readonly string[];
  readonly parameters: readonly string[];
  readonly required: number;
  /** Waits for the job that it started. */
  readonly waits: boolean;
}

const connector = (
  verb: Connector['verb'],
  path: string,
  { query = [] as readonly string[], body = false, waits = false } = {},
): Connector => {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const required = [...inPath, ...(body ? ['body'] : [])];
  return {
    verb,
    path,
    query,
    parameters: [...required, ...query, 'connector_params'],
    required: required.length,
    waits,
  };
};

const results = ['location', 'maxResults', 'pageToken', 'startIndex', 'timeoutMs'];

export const connectors: Readonly<Record<string, Connector>> = {
  'googleapis.bigquery.v2.jobs.insert': connector('POST', '/projects/{projectId}/jobs', {
    body: true,
    waits: true,
  }),
  'googleapis.bigquery.v2.jobs.get': connector('GET', '/projects/{projectId}/jobs/{jobId}', {
    query: ['location'],
  }),
  'googleapis.bigquery.v2.jobs.query': connector('POST', '/projects/{projectId}/queries', { body: true }),
  'googleapis.bigquery.v2.jobs.getQueryResults': connector('GET', '/projects/{projectId}/queries/{jobId}', {
    query: results,
  }),
};
