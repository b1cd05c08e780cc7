import { managedwriter } from '@google-cloud/bigquery-storage';
import { credentials } from '@grpc/grpc-js';
import { type Environment, storageWriteEndpoint } from '../runtime/index.ts';

/** The library's own way to write, which the product leaves aside. */
export function managedWriterClient(projectId: string, environment: Environment): managedwriter.WriterClient {
  const endpoint = storageWriteEndpoint(environment);
  return new managedwriter.WriterClient({
    projectId,
    ...(endpoint && {
      apiEndpoint: endpoint.host,
      port: endpoint.port,
      sslCreds: credentials.createInsecure(),
    }),
  });
}
