import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  codeOf,
  InputError,
  messageOf,
  number,
  oneOf,
  type Resolved,
  resolveSettings,
  someOf,
  text,
  type ValuesOf,
} from '../runtime/index.ts';

/** Everything that can be set, in one place. A flag, a variable and a key of orderlake.json each. */
export const settings = {
  project: text({
    environment: 'ORDERLAKE_PROJECT',
    fallback: 'orderlake-local',
    description: 'The Google Cloud project.',
  }),
  projectNumber: text({
    environment: 'ORDERLAKE_PROJECT_NUMBER',
    fallback: '',
    description:
      'Its number; where it is given, Pub/Sub archives every message beside the lake (not on emulators).',
  }),
  region: text({
    environment: 'ORDERLAKE_REGION',
    fallback: 'southamerica-east1',
    description: 'Where datasets, buckets and workflows live.',
  }),
  lakeBucket: text({
    environment: 'ORDERLAKE_LAKE_BUCKET',
    fallback: 'orderlake-local-lake',
    description: 'The bucket of the Iceberg tables.',
  }),
  dataDirectory: text({
    environment: 'ORDERLAKE_DATA_DIRECTORY',
    fallback: '.orderlake',
    description: 'Where a local run keeps its ledger and its state.',
  }),
  logLevel: oneOf({
    environment: 'ORDERLAKE_LOG_LEVEL',
    fallback: 'warn',
    choices: ['trace', 'debug', 'info', 'warn', 'error'],
    description: 'The least severe log line that is written (to standard error).',
  }),
  seed: number({
    environment: 'ORDERLAKE_SEED',
    fallback: 1,
    least: 0,
    most: 2 ** 32 - 1,
    description: 'The same seed makes the same shop, byte for byte.',
  }),
  rate: number({
    environment: 'ORDERLAKE_RATE',
    fallback: 200,
    least: 0.01,
    most: 1_000_000,
    description: 'Messages a second that the shop publishes.',
  }),
  clickShare: number({
    environment: 'ORDERLAKE_CLICK_SHARE',
    fallback: 0.05,
    least: 0,
    most: 1,
    description: 'Of the people, those who let the shop watch them: at 1 there are 21 clicks for each order.',
  }),
  sinks: someOf({
    environment: 'ORDERLAKE_SINKS',
    fallback: ['bigquery', 'iceberg'],
    choices: ['bigquery', 'iceberg'],
    description: 'Where the worker writes to.',
  }),
  primarySink: oneOf({
    environment: 'ORDERLAKE_PRIMARY_SINK',
    fallback: 'bigquery',
    choices: ['bigquery', 'iceberg'],
    description: 'The sink that reports what is dead; the others only count it.',
  }),
  source: oneOf({
    environment: 'ORDERLAKE_SOURCE',
    fallback: 'client',
    choices: ['client', 'raw'],
    description:
      "How Pub/Sub is read: by the library's subscriber, or by a streaming pull of our own, which costs less.",
  }),
  writeBatchMillis: number({
    environment: 'ORDERLAKE_WRITE_BATCH_MILLIS',
    fallback: 10,
    least: 1,
    most: 10_000,
    description: 'How long the first event of a BigQuery batch waits for company.',
  }),
  lakeCommitMillis: number({
    environment: 'ORDERLAKE_LAKE_COMMIT_MILLIS',
    fallback: 2_000,
    least: 100,
    most: 600_000,
    description: 'How often the lake commits; 30,000 or more in the cloud.',
  }),
  healthPort: number({
    environment: 'ORDERLAKE_HEALTH_PORT',
    fallback: 0,
    least: 0,
    most: 65_535,
    description: 'The port of /live, /ready and /metrics on this machine; 0 takes a free one.',
  }),
  build: text({
    environment: 'ORDERLAKE_BUILD',
    fallback: '',
    description:
      'What this was built from, for the history of events; a checkout is known by its commit where this is not set.',
  }),
  paymentTolerance: number({
    environment: 'ORDERLAKE_PAYMENT_TOLERANCE',
    fallback: 1,
    least: 0,
    most: 1_000_000,
    description: 'Cents by which payments may miss items and freight.',
  }),
};

export type SettingName = keyof typeof settings;
export type Configuration = ValuesOf<typeof settings>;

export function readConfiguration(
  flags: Readonly<Record<string, string | undefined>>,
  path = 'orderlake.json',
): Resolved<typeof settings> {
  return resolveSettings(settings, { flags, environment: process.env, file: readFile(path) });
}

function readFile(path: string) {
  let text: string;
  try {
    text = readFileSync(resolve(path), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new InputError(`${path} cannot be read`, { got: messageOf(error), cause: error });
  }
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
      return { path, content: content as Record<string, unknown> };
    }
  } catch (error) {
    throw new InputError(`${path} is not JSON`, { got: messageOf(error), cause: error });
  }
  throw new InputError(`${path} holds no settings`, { expected: 'an object with setting names as keys' });
}
