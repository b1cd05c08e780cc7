import { columnProblems } from './policy-columns.ts';
import { type AddressedResource, type Arguments, resourcesIn, type TerraformJson } from './terraform.ts';

export interface Violation {
  readonly address: string;
  readonly problem: string;
}

/** Says what is wrong with one resource's arguments; nothing when all is well. */
type Rule = (args: Arguments, resource: AddressedResource) => Iterable<string>;

/**
 * What `terraform validate` cannot know: rules of the APIs, which would otherwise fail halfway through a
 * deployment, and rules of ours about who may see what.
 */
export function violations(json: TerraformJson): Violation[] {
  return resourcesIn(json).flatMap((resource) => {
    const rules = [...forEverything, ...(rulesByType[resource.type] ?? [])];
    return rules.flatMap((rule) =>
      [...rule(resource.arguments, resource)].map((problem) => ({ address: resource.address, problem })),
    );
  });
}

const forEverything: readonly Rule[] = [
  function* membersOnly(_, { type }) {
    if (/_iam_(binding|policy)$/.test(type)) {
      yield 'owns the whole list of members and would remove the others: use an iam_member';
    }
    if (/_(acl|access_control)$/.test(type)) yield 'access lists are not used: use an iam_member';
    if (type === 'google_service_account_key') yield 'no keys: they cannot be taken back once copied';
  },
  function* nobodyAndNothingPublic(args) {
    const member = String(args.member ?? '');
    if (/^(allUsers|allAuthenticatedUsers)$/.test(member)) yield `grants to ${member}`;
    if (/^roles\/(owner|editor|viewer)$/.test(String(args.role ?? ''))) {
      yield `grants the primitive role ${args.role}`;
    }
  },
  function* dependsOnItsApi(args, { type }) {
    if (type === 'google_project_service' || /_iam_member$/.test(type)) return;
    const dependencies = Array.isArray(args.depends_on) ? args.depends_on : [];
    if (!dependencies.some((on) => String(on).startsWith('google_project_service.'))) {
      yield 'does not wait for its API to be switched on';
    }
  },
];

const pubsubName = /^(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/;
const datasetName = /^[A-Za-z0-9_]{1,1024}$/;
const minute = 60;
const day = 24 * 60 * minute;

const rulesByType: Readonly<Record<string, readonly Rule[]>> = {
  google_project_service: [
    function* staysOn(args) {
      if (args.disable_on_destroy !== false)
        yield 'would switch the API off for the whole project when destroyed';
    },
  ],
  google_pubsub_topic: [
    matching('name', pubsubName),
    duration('message_retention_duration', 10 * minute, 31 * day),
  ],
  google_pubsub_subscription: [
    matching('name', pubsubName),
    within('ack_deadline_seconds', 10, 600),
    duration('message_retention_duration', 10 * minute, 31 * day),
    function* neverExpires(args) {
      if (block(args, 'expiration_policy')?.ttl !== '') yield 'expires: expiration_policy.ttl must be ""';
    },
    function* retries(args) {
      const policy = block(args, 'retry_policy') ?? {};
      yield* duration('minimum_backoff', 0, 600)(policy, nowhere);
      yield* duration('maximum_backoff', 0, 600)(policy, nowhere);
      if (secondsOf(policy.minimum_backoff) > secondsOf(policy.maximum_backoff)) {
        yield 'minimum_backoff is longer than maximum_backoff';
      }
    },
    function* archivesInTime(args) {
      const files = block(args, 'cloud_storage_config');
      if (!files) return;
      yield* duration('max_duration', minute, 10 * minute)(files, nowhere);
      if (secondsOf(files.max_duration) > Number(args.ack_deadline_seconds))
        yield 'max_duration is longer than the acknowledgement deadline';
    },
    function* deadLettersAfter(args) {
      const policy = block(args, 'dead_letter_policy');
      if (policy) yield* within('max_delivery_attempts', 5, 100)(policy, nowhere);
    },
  ],
  google_bigquery_dataset: [matching('dataset_id', datasetName)],
  google_bigquery_table: [columnProblems],
  google_storage_bucket: [
    matching('name', /^(?!goog)(?!.*google)[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/),
    function* closed(args) {
      if (args.uniform_bucket_level_access !== true) yield 'allows access lists on objects';
      if (args.public_access_prevention !== 'enforced') yield 'could be made public';
      if (args.force_destroy === true) yield 'would be destroyed with everything in it';
    },
    function* deletesNothingByAge(args) {
      const rules = Array.isArray(args.lifecycle_rule) ? args.lifecycle_rule : [];
      for (const rule of rules as Arguments[]) {
        const type = block(rule, 'action')?.type;
        if (type !== 'AbortIncompleteMultipartUpload')
          yield `lifecycle rule ${String(type)} would tear live snapshots`;
      }
    },
  ],
  google_service_account: [matching('account_id', /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/)],
  google_workflows_workflow: [
    matching('name', /^[a-z]([a-z0-9_-]{0,62}[a-z0-9])?$/),
    function* fits(args) {
      const bytes = Buffer.byteLength(String(args.source_contents));
      if (bytes > 128 * 1024) yield `source_contents has ${bytes} bytes, Workflows takes 131072`;
    },
  ],
  google_cloud_scheduler_job: [
    function* inAZone(args) {
      const zone = String(args.time_zone);
      if (!isTimeZone(zone)) yield `time_zone ${zone} is not in the IANA database`;
    },
    matching('schedule', /^([\d*/,-]+\s+){4}[\d*/,-]+$/),
  ],
};

const nowhere: AddressedResource = { address: '', type: '', arguments: {} };

function matching(name: string, pattern: RegExp): Rule {
  return function* (args) {
    const value = args[name];
    if (typeof value !== 'string' || !pattern.test(value))
      yield `${name} ${JSON.stringify(value)} does not match ${pattern}`;
  };
}

function within(name: string, minimum: number, maximum: number): Rule {
  return function* (args) {
    const value = args[name];
    if (typeof value !== 'number' || value < minimum || value > maximum) {
      yield `${name} must be ${minimum} to ${maximum}, is ${JSON.stringify(value)}`;
    }
  };
}

function duration(name: string, minimum: number, maximum: number): Rule {
  return function* (args) {
    const seconds = secondsOf(args[name]);
    if (!(seconds >= minimum && seconds <= maximum)) {
      yield `${name} must be "${minimum}s" to "${maximum}s", is ${JSON.stringify(args[name])}`;
    }
  };
}

function secondsOf(value: unknown): number {
  const match = typeof value === 'string' && /^(\d+(?:\.\d{1,9})?)s$/.exec(value);
  return match ? Number(match[1]) : Number.NaN;
}

/** A nested block: written as an object, or as a list of one. */
function block(args: Arguments, name: string): Arguments | undefined {
  const value = args[name];
  return (Array.isArray(value) ? value[0] : value) as Arguments | undefined;
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
