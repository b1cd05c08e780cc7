import { InputError } from './errors.ts';
import { nearest } from './nearest.ts';

/** One thing that can be set, with all the ways to set it. */
export interface Setting<T> {
  readonly environment: string;
  readonly fallback: T;
  readonly description: string;
  /** Text as it stands in a flag, a variable or the file; throws an InputError without naming where. */
  readonly parse: (text: string) => T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: ReturnType<S[K]['parse']> };
export type Origin = 'flag' | 'environment' | 'file' | 'default';

export interface Resolved<S extends Settings> {
  readonly values: ValuesOf<S>;
  readonly origins: { readonly [K in keyof S]: { readonly origin: Origin; readonly from: string } };
}

export interface Given {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly path: string; readonly content: Readonly<Record<string, unknown>> } | undefined;
}

/** Flags over environment over file over defaults. A key in the file that is no setting is an error. */
export function resolveSettings<S extends Settings>(settings: S, given: Given): Resolved<S> {
  refuseUnknown(settings, given);
  const values: Record<string, unknown> = {};
  const origins: Record<string, { origin: Origin; from: string }> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const found = find(key, setting, given);
    values[key] = found.text === undefined ? setting.fallback : parseNamed(setting, found.text, found.from);
    origins[key] = { origin: found.origin, from: found.from };
  }
  return { values: values as ValuesOf<S>, origins: origins as Resolved<S>['origins'] };
}

function refuseUnknown(settings: Settings, { file }: Given): void {
  for (const key of Object.keys(file?.content ?? {})) {
    if (key in settings) continue;
    const close = nearest(key, Object.keys(settings));
    throw new InputError(`${file?.path} has a key that is no setting`, {
      got: key,
      action: close ? `Did you mean ${close}?` : 'Run `orderlake config` for all settings.',
    });
  }
}

function find(key: string, setting: Setting<unknown>, { flags, environment, file }: Given) {
  if (flags[key] !== undefined) return { text: flags[key], origin: 'flag', from: flagName(key) } as const;
  const variable = environment[setting.environment];
  if (variable !== undefined && variable !== '') {
    return { text: variable, origin: 'environment', from: setting.environment } as const;
  }
  const written = file?.content[key];
  if (file && written !== undefined)
    return { text: String(written), origin: 'file', from: file.path } as const;
  return { text: undefined, origin: 'default', from: 'default' } as const;
}

function parseNamed(setting: Setting<unknown>, text: string, from: string): unknown {
  try {
    return setting.parse(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${from} cannot be used`, {
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      got: JSON.stringify(text),
      cause: error,
    });
  }
}

export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

interface Basics {
  readonly environment: string;
  readonly description: string;
}

export function text(basics: Basics & { readonly fallback: string }): Setting<string> {
  return {
    ...basics,
    parse(given) {
      if (given.trim() === '') throw new InputError('empty', { expected: 'some text' });
      return given;
    },
  };
}

/** A whole or broken number within bounds. */
export function number(
  basics: Basics & { readonly fallback: number; readonly least: number; readonly most: number },
): Setting<number> {
  const { least, most } = basics;
  return {
    ...basics,
    parse(given) {
      const value = given.trim() === '' ? Number.NaN : Number(given);
      if (!(value >= least && value <= most)) {
        throw new InputError('not in range', { expected: `a number from ${least} to ${most}` });
      }
      return value;
    },
  };
}

export function oneOf<const T extends string>(
  basics: Basics & { readonly fallback: T; readonly choices: readonly T[] },
): Setting<T> {
  return {
    ...basics,
    parse(given) {
      const choice = basics.choices.find((one) => one === given);
      if (choice === undefined) throw new InputError('unknown', { expected: basics.choices.join(' or ') });
      return choice;
    },
  };
}

/** A comma-separated list without repetition. */
export function someOf<const T extends string>(
  basics: Basics & { readonly fallback: readonly T[]; readonly choices: readonly T[] },
): Setting<readonly T[]> {
  return {
    ...basics,
    parse(given) {
      const parts = given.split(',').map((part) => part.trim());
      const chosen = basics.choices.filter((choice) => parts.includes(choice));
      if (chosen.length !== parts.length) {
        throw new InputError('unknown', { expected: `a list of ${basics.choices.join(', ')}` });
      }
      return chosen;
    },
  };
}
