/**
 * Where `there` is not as `wanted`, as readable lines. Only what is wanted is looked at: a service answers with
 * many fields of its own. Numbers, long integers and their texts are one and the same, and a field that is
 * missing is equal to an empty one, because both protocols leave defaults out.
 */
export function differences(wanted: unknown, there: unknown, path = ''): string[] {
  if (isObject(wanted)) {
    const other = isObject(there) ? there : {};
    return Object.entries(wanted).flatMap(([name, value]) =>
      differences(value, other[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (Array.isArray(wanted)) {
    const other: unknown[] = Array.isArray(there) ? there : [];
    if (wanted.length !== other.length) return [`${path}: ${other.length} entries, wanted ${wanted.length}`];
    return wanted.flatMap((value, index) => differences(value, other[index], `${path}[${index}]`));
  }
  return asText(wanted) === asText(there) ? [] : [`${path}: ${shown(there)}, wanted ${shown(wanted)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  // A Long is an object too, but one value.
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !('low' in value && 'high' in value)
  );
}

function asText(value: unknown): string {
  return value === undefined || value === null || value === false || value === 0 ? '' : String(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
