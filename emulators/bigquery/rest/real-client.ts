import { BigQuery, type BigQueryOptions } from '@google-cloud/bigquery';
import type { Bench } from '../testing.ts';

/** The unmodified client. It wants a token of its own: without any it dies on loads of local files. */
export function clientOf(bench: Bench, project = 'lab'): BigQuery {
  const headers = new Headers({ authorization: 'Bearer none' });
  const authClient = {
    getRequestHeaders: async () => headers,
    getAccessToken: async () => ({ token: 'none' }),
    on: () => authClient,
  };
  return new BigQuery({
    projectId: project,
    authClient: authClient as unknown as NonNullable<BigQueryOptions['authClient']>,
    apiEndpoint: bench.emulator.environment.BIGQUERY_EMULATOR_HOST.replace('/bigquery/v2', ''),
  });
}
