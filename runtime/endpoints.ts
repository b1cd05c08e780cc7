/**
 * The one place that knows where Google is. Pub/Sub, BigQuery and Storage clients read their own
 * variables; what they leave open is closed here. Production code asks for options and never learns
 * whether an emulator answers.
 */
export const endpointVariables = [
  'PUBSUB_EMULATOR_HOST',
  'BIGQUERY_EMULATOR_HOST',
  'BIGQUERY_STORAGE_WRITE_HOST',
  'STORAGE_EMULATOR_HOST',
  'WORKFLOWS_EMULATOR_HOST',
] as const;

export type EndpointVariable = (typeof endpointVariables)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Emulators ask nobody who they are, and a first call would wait for a metadata server that is not there. Where no
 * emulator is named it must be asked: in Google Cloud it is where credentials come from.
 */
export function spareMetadata(environment: Record<string, string | undefined>): void {
  if (endpointVariables.some((name) => environment[name])) environment.METADATA_SERVER_DETECTION ??= 'none';
}

/** Where a Storage Write connection goes: `undefined` means the real service. */
export interface WriteEndpoint {
  readonly host: string;
  readonly port: number;
}

export function storageWriteEndpoint(environment: Environment): WriteEndpoint | undefined {
  const value = environment.BIGQUERY_STORAGE_WRITE_HOST;
  if (!value) return undefined;
  const colon = value.lastIndexOf(':');
  return { host: value.slice(0, colon), port: Number(value.slice(colon + 1)) };
}
