import { InputError } from '../../runtime/index.ts';

/** Everything that differs between two installations of orderlake. */
export interface Settings {
  readonly project: string;
  /** Where the data lies: datasets and the lake bucket, always together, so that a query never crosses the sea. */
  readonly location: string;
  /** Where the daily run is executed. */
  readonly region: string;
  readonly bucketLake: string;
  /**
   * The number of the project, by which Google's own account for Pub/Sub is named. Where it is given, every message is
   * archived in a bucket beside that of the lake.
   */
  readonly projectNumber?: string | undefined;
  /** How old the answer of an upsert table may be; default 15. Less means more and dearer background merges. */
  readonly maxStalenessMinutes?: number;
  /** Default true: tables and the workflow refuse to be destroyed until this was applied as false. */
  readonly deletionProtection?: boolean;
}

export type CheckedSettings = Required<Omit<Settings, 'projectNumber'>> & {
  readonly projectNumber: string | undefined;
};

interface Rule {
  readonly matches: RegExp;
  readonly expected: string;
}

const region: Rule = {
  matches: /^[a-z]+-[a-z]+\d+$/,
  expected: 'one region, such as southamerica-east1 (BigQuery and the lake bucket must lie in the same one)',
};

const textRules = {
  project: {
    matches: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    expected: 'a project id: 6 to 30 of a-z, 0-9 and -, starting with a letter',
  },
  location: region,
  region,
  bucketLake: {
    matches: /^(?!goog)(?!.*google)[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/,
    expected: 'a bucket name: 3 to 63 of a-z, 0-9, - and _, without dots and without "google"',
  },
} satisfies Record<string, Rule>;

const optionNames = ['maxStalenessMinutes', 'deletionProtection', 'projectNumber'];
/** Room for what stands behind it in the name of the archive's bucket. */
const longestLakeOfArchive = 55;

export function checkSettings(settings: Settings): CheckedSettings {
  for (const name of Object.keys(settings)) {
    if (!(name in textRules) && !optionNames.includes(name)) {
      throw new InputError(`unknown setting ${name}`, {
        expected: [...Object.keys(textRules), ...optionNames].join(', '),
        got: name,
      });
    }
  }
  for (const [name, rule] of Object.entries(textRules)) {
    const value: unknown = settings[name as keyof typeof textRules];
    if (typeof value !== 'string' || !rule.matches.test(value)) {
      throw new InputError(`setting ${name}`, { expected: rule.expected, got: JSON.stringify(value) });
    }
  }
  const maxStalenessMinutes = settings.maxStalenessMinutes ?? 15;
  if (!Number.isInteger(maxStalenessMinutes) || maxStalenessMinutes < 0 || maxStalenessMinutes > 24 * 60) {
    throw new InputError('setting maxStalenessMinutes', {
      expected: 'whole minutes between 0 and 1440',
      got: String(maxStalenessMinutes),
    });
  }
  const { projectNumber } = settings;
  if (projectNumber !== undefined && !/^[1-9]\d{5,19}$/.test(projectNumber)) {
    throw new InputError('setting projectNumber', {
      expected: 'the number of the project (gcloud projects describe, projectNumber)',
      got: projectNumber,
    });
  }
  if (projectNumber !== undefined && settings.bucketLake.length > longestLakeOfArchive) {
    throw new InputError('setting bucketLake', {
      expected: `at most ${longestLakeOfArchive} characters, for the bucket of the archive is named after it`,
      got: settings.bucketLake,
    });
  }
  return {
    projectNumber,
    project: settings.project,
    location: settings.location,
    region: settings.region,
    bucketLake: settings.bucketLake,
    maxStalenessMinutes,
    deletionProtection: settings.deletionProtection ?? true,
  };
}
