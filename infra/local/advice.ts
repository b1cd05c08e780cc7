import type { Kind } from './report.ts';

export type Answer =
  | 'exists'
  | 'missing'
  | 'forbidden'
  | 'unauthenticated'
  | 'away'
  | 'unimplemented'
  | 'other';

/** gRPC statuses and HTTP statuses never overlap, so one table reads the errors of all clients. */
const answers: ReadonlyMap<unknown, Answer> = new Map<unknown, Answer>([
  [6, 'exists'],
  [409, 'exists'],
  [5, 'missing'],
  [404, 'missing'],
  [7, 'forbidden'],
  [403, 'forbidden'],
  [16, 'unauthenticated'],
  [401, 'unauthenticated'],
  [14, 'away'],
  [4, 'away'],
  [503, 'away'],
  ['ECONNREFUSED', 'away'],
  ['ECONNRESET', 'away'],
  ['ENOTFOUND', 'away'],
  ['ETIMEDOUT', 'away'],
  ['UND_ERR_SOCKET', 'away'],
  ['UND_ERR_CONNECT_TIMEOUT', 'away'],
  [12, 'unimplemented'],
  [501, 'unimplemented'],
]);

export function answerOf(error: unknown): Answer {
  for (let at = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : undefined) {
    const answer = 'code' in at ? (answers.get(at.code) ?? answers.get(Number(at.code))) : undefined;
    if (answer) return answer;
  }
  return 'other';
}

const endpoints: Readonly<Record<Kind, string>> = {
  topic: 'PUBSUB_EMULATOR_HOST',
  subscription: 'PUBSUB_EMULATOR_HOST',
  dataset: 'BIGQUERY_EMULATOR_HOST',
  table: 'BIGQUERY_EMULATOR_HOST',
  routine: 'BIGQUERY_EMULATOR_HOST',
  bucket: 'STORAGE_EMULATOR_HOST',
  workflow: 'WORKFLOWS_EMULATOR_HOST',
};

/** What may look at a resource without changing anything. */
const viewers: Readonly<Record<Kind, string>> = {
  topic: 'roles/pubsub.viewer',
  subscription: 'roles/pubsub.viewer',
  dataset: 'roles/bigquery.metadataViewer',
  table: 'roles/bigquery.metadataViewer',
  routine: 'roles/bigquery.metadataViewer',
  bucket: 'roles/storage.legacyBucketReader',
  workflow: 'roles/workflows.viewer',
};

/** The same for a resource that could not be looked at. */
export function adviceToSee(error: unknown, kind: Kind, project: string): string {
  if (answerOf(error) !== 'forbidden') return advice(error, kind);
  return `Run \`gcloud projects add-iam-policy-binding ${project} --member user:YOU --role ${viewers[kind]}\` (or ask who may)`;
}

/** The sentence that tells a person what to do about a resource that could not be made. */
export function advice(error: unknown, kind: Kind): string {
  switch (answerOf(error)) {
    case 'away':
      return `Start the emulators (orderlake emulators) or correct ${endpoints[kind]}, then try again`;
    case 'forbidden':
      return kind === 'bucket'
        ? 'Bucket names are shared by the whole world: choose another bucketLake, or ask for storage.admin on it'
        : `Ask for the right to create a ${kind} in this project`;
    case 'unauthenticated':
      return `Log in (gcloud auth application-default login), or set ${endpoints[kind]} to an emulator`;
    case 'unimplemented':
      return `The server behind ${endpoints[kind]} cannot do this: use the embedded one (orderlake emulators)`;
    case 'missing':
      return `Create the project, or what the ${kind} belongs to, and switch its API on`;
    default:
      return 'Correct what the message of the service names, then try again';
  }
}
