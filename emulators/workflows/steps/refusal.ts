import { ServiceError } from '../../frame/index.ts';

/** What a definition may not say is refused when it is created, with the path of the step. */
export const refuse = (path: string, what: string): never => {
  throw new ServiceError('INVALID_ARGUMENT', `${path}: ${what}`, { reason: 'badRequest' });
};

export const notServed = (path: string, what: string): never =>
  refuse(path, `${what} is not in the subset of Workflows that this emulator runs`);

export type Source = unknown;

export function mapAt(value: Source, path: string): Readonly<Record<string, Source>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(path, `expected a map, got ${JSON.stringify(value)}`);
  }
  return value as Readonly<Record<string, Source>>;
}

export function listAt(value: Source, path: string): readonly Source[] {
  return Array.isArray(value) ? value : refuse(path, `expected a list, got ${JSON.stringify(value)}`);
}

export function nameAt(value: Source, path: string): string {
  const isName = typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value);
  return isName ? value : refuse(path, `expected a name, got ${JSON.stringify(value)}`);
}

/** The one entry of a map such as `{ step_name: { … } }`. */
export function entryAt(value: Source, path: string): readonly [string, Source] {
  const entries = Object.entries(mapAt(value, path));
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1)
    return refuse(path, `expected one entry, got ${entries.length}`);
  return entry;
}

export function onlyKeys(
  map: Readonly<Record<string, Source>>,
  allowed: readonly string[],
  path: string,
): void {
  for (const key of Object.keys(map)) {
    if (!allowed.includes(key)) notServed(`${path}.${key}`, `"${key}" here`);
  }
}
