/** The four conditions of the JSON API, for an object or (metageneration only) a bucket. */
export interface Preconditions {
  readonly ifGenerationMatch?: number | undefined;
  readonly ifGenerationNotMatch?: number | undefined;
  readonly ifMetagenerationMatch?: number | undefined;
  readonly ifMetagenerationNotMatch?: number | undefined;
}

/** What the conditions are compared with; undefined where nothing exists. */
export type Current = { readonly generation?: number; readonly metageneration: number } | undefined;

export type Verdict = 'holds' | 'failed' | 'not modified';

/**
 * What does not exist has generation 0, so `ifGenerationMatch=0` means "only if there is none" and
 * `ifGenerationNotMatch=0` "only if there is one". It has no metageneration: no number matches it.
 * A failed "not match" is `not modified`: reads answer it with 304, writes with 412.
 */
export function judge(preconditions: Preconditions, current: Current): Verdict {
  const { ifGenerationMatch, ifGenerationNotMatch, ifMetagenerationMatch, ifMetagenerationNotMatch } =
    preconditions;
  const generation = current?.generation ?? 0;
  const metageneration = current?.metageneration;
  if (ifGenerationMatch !== undefined && ifGenerationMatch !== generation) return 'failed';
  if (ifMetagenerationMatch !== undefined && ifMetagenerationMatch !== metageneration) return 'failed';
  if (ifGenerationNotMatch !== undefined && ifGenerationNotMatch === generation) return 'not modified';
  if (ifMetagenerationNotMatch !== undefined && ifMetagenerationNotMatch === metageneration) {
    return 'not modified';
  }
  return 'holds';
}

/** The query parameters of the four, for an action's table. */
export const objectPreconditions = {
  ifGenerationMatch: 'int64',
  ifGenerationNotMatch: 'int64',
  ifMetagenerationMatch: 'int64',
  ifMetagenerationNotMatch: 'int64',
} as const;

export const bucketPreconditions = {
  ifMetagenerationMatch: 'int64',
  ifMetagenerationNotMatch: 'int64',
} as const;

/** Those of the object that a copy reads. */
export const sourcePreconditions = {
  ifSourceGenerationMatch: 'int64',
  ifSourceGenerationNotMatch: 'int64',
  ifSourceMetagenerationMatch: 'int64',
  ifSourceMetagenerationNotMatch: 'int64',
} as const;
