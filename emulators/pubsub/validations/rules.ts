import { invalid, ServiceError } from '../../frame/index.ts';

/** What one field of a request may be. A field with no rule is not built here and is refused by its name. */
export type Rule = (value: unknown, field: string) => void;

export type Rules = Readonly<Record<string, Rule>>;

/** Checks a decoded message against the table of its fields. */
export function check(type: string, message: object, rules: Rules): void {
  for (const [field, rule] of Object.entries(rules))
    rule((message as Record<string, unknown>)[field], snake(field));
  for (const [field, value] of Object.entries(message)) {
    if (field in rules || isUnset(value)) continue;
    throw new ServiceError('UNIMPLEMENTED', `${type}.${snake(field)} is not implemented by this emulator.`);
  }
}

export const snake = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const camel = (field: string): string =>
  field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Clients may write a default explicitly; it asks for nothing. */
function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every(isUnset);
}

/** What the service writes itself; given by a client it is passed over. */
export const outputOnly: Rule = () => {};

const resourceId = /^(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/;

export function isResourceName(kind: string, name: unknown): name is string {
  const [projects, project, collection, id, ...rest] = String(name).split('/');
  return (
    projects === 'projects' &&
    !!project &&
    collection === kind &&
    resourceId.test(id ?? '') &&
    rest.length === 0
  );
}

export type ResourceKind = 'topics' | 'subscriptions' | 'snapshots' | 'schemas';

export function resource(kind: ResourceKind): Rule {
  return (value) => {
    if (isResourceName(kind, value)) return;
    throw invalid(
      `Invalid resource name given (name=${String(value ?? '')}). Refer to https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names for more information.`,
    );
  };
}

/** The bounds in the service's own words. Unset is allowed where the service has a default. */
export function whole(minimum: number, maximum: number, options: { unset: boolean }): Rule {
  return (value, field) => {
    const given = Number(value ?? 0);
    if (options.unset && given === 0) return;
    bounded(given, field, minimum, maximum);
  };
}

export function bounded(given: number, field: string, minimum: number, maximum: number): void {
  const complaint = given < minimum ? 'small' : given > maximum ? 'large' : undefined;
  if (complaint === undefined) return;
  const bound = complaint === 'small' ? `minimum value is ${minimum}` : `maximum value is ${maximum}`;
  throw invalid(
    `The value for ${field} is too ${complaint}. You passed ${given} in the request, but the ${bound}.`,
  );
}

export function duration(minimumSeconds: number, maximumSeconds: number): Rule {
  return (value, field) => {
    if (value === undefined || value === null) return;
    const { seconds, nanos } = value as { seconds?: number; nanos?: number };
    bounded(
      Number(seconds ?? 0) + Number(nanos ?? 0) / 1e9,
      `${field}.seconds`,
      minimumSeconds,
      maximumSeconds,
    );
  };
}

const labelKey = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const labelValue = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

export const labels: Rule = (value, field) => {
  const entries = Object.entries((value ?? {}) as Record<string, string>);
  if (entries.length > 64) throw invalid(`The value for ${field} is too large: at most 64 labels.`);
  for (const [key, text] of entries) {
    if (!labelKey.test(key))
      throw invalid(`The label key ${key} is not valid: lower-case letters, digits, - and _.`);
    if (!labelValue.test(text))
      throw invalid(`The label value ${text} is not valid: lower-case letters, digits, - and _.`);
  }
};

export const anything: Rule = () => {};

/** A nested message with a table of its own; absent is allowed. */
export function nested(type: string, rules: Rules): Rule {
  return (value) => {
    if (value !== undefined && value !== null) check(type, value, rules);
  };
}
