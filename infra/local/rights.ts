import type { Grant, Resources } from '../definition/index.ts';
import type { Clients } from './make.ts';
import type { Finding } from './report.ts';

/** What a worker does with each role that the definition grants it. */
const needed: Readonly<Record<string, readonly string[]>> = {
  'roles/pubsub.subscriber': ['pubsub.subscriptions.consume'],
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/bigquery.dataEditor': [
    'bigquery.tables.get',
    'bigquery.tables.update',
    'bigquery.tables.updateData',
  ],
  'roles/storage.objectUser': [
    'storage.objects.create',
    'storage.objects.delete',
    'storage.objects.get',
    'storage.objects.list',
  ],
  'roles/storage.objectViewer': ['storage.objects.get', 'storage.objects.list'],
};

type Narrow = Exclude<Grant, { on: 'project' }>;

/** What of a worker's work whoever asks may not do, by the resource. */
export async function rightsLacking(resources: Resources, clients: Clients): Promise<Finding[]> {
  const ofWorker = resources.grants.filter((grant) => grant.to === 'worker' && grant.on !== 'project');
  const findings = await Promise.all(ofWorker.map((grant) => lacking(grant as Narrow, resources, clients)));
  return findings.flat();
}

async function lacking(grant: Narrow, resources: Resources, clients: Clients): Promise<Finding[]> {
  const { on: kind, name, role } = grant;
  const wanted = needed[role] ?? [];
  let granted: ReadonlySet<string>;
  try {
    granted = await grantedOf(grant, wanted, resources, clients);
  } catch {
    // Emulators ask nobody who they are; what is away or missing is told by the look at the resource itself.
    return [];
  }
  const refused = wanted.filter((permission) => !granted.has(permission));
  if (refused.length === 0) return [];
  const details = [`whoever asks lacks ${refused.join(', ')}, which a worker needs`];
  const action = `Look as the worker's account, or run \`${bindingOf(grant, resources.project)}\` for yours`;
  return [{ kind, name, state: 'forbidden', details, action }];
}

async function grantedOf(
  { on, name }: Narrow,
  wanted: readonly string[],
  { tables }: Resources,
  { pubsub, bigquery, storage }: Clients,
): Promise<ReadonlySet<string>> {
  switch (on) {
    case 'topic':
      return trueOnes((await pubsub.topic(name).iam.testPermissions([...wanted]))[0]);
    case 'subscription':
      return trueOnes((await pubsub.subscription(name).iam.testPermissions([...wanted]))[0]);
    case 'bucket':
      return trueOnes((await storage.bucket(name).iam.testPermissions([...wanted]))[0]);
    case 'dataset': {
      // A dataset cannot be asked; what is granted on it holds for its tables.
      const table = tables.find(({ dataset }) => dataset === name);
      if (table === undefined) return new Set(wanted);
      const handle = bigquery.dataset(name).table(table.name);
      const [{ permissions = [] }] = await handle.testIamPermissions([...wanted]);
      return new Set(permissions);
    }
  }
}

function trueOnes(answer: Readonly<Record<string, boolean>> | null | undefined): ReadonlySet<string> {
  return new Set(Object.keys(answer ?? {}).filter((permission) => answer?.[permission]));
}

function bindingOf({ on, name, role }: Narrow, project: string): string {
  const binding = `--member user:YOU --role ${role}`;
  switch (on) {
    case 'topic':
    case 'subscription':
      return `gcloud pubsub ${on}s add-iam-policy-binding ${name} --project ${project} ${binding}`;
    case 'bucket':
      return `gcloud storage buckets add-iam-policy-binding gs://${name} ${binding}`;
    case 'dataset':
      return `gcloud projects add-iam-policy-binding ${project} ${binding}`;
  }
}
