import { follow, type Json, type Step } from './json-tree.ts';

/** JSON_SET: what is missing on the way is made, as long as nothing else stands there. */
export function setJson(j: Json, steps: readonly Step[], value: Json, create: boolean): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === 'string') {
    if (j !== null && !(j instanceof Map)) return j;
    if ((j === null || !j.has(step)) && !create) return j;
    const made = new Map(j ?? []);
    made.set(step, setJson(j?.get(step) ?? null, rest, value, create));
    return made;
  }
  if (j !== null && !Array.isArray(j)) return j;
  if ((j === null || step >= j.length) && !create) return j;
  const items = [...(j ?? [])];
  while (items.length < step) items.push(null);
  items[step] = setJson(items[step] ?? null, rest, value, create);
  return items;
}

export function removeJson(j: Json, steps: readonly Step[]): Json {
  const [step, ...rest] = steps;
  if (step === undefined) throw new Error("The JSONPath cannot be '$'");
  const inner = follow(j, [step]);
  if (inner === undefined) return j;
  const changed = rest.length > 0 ? removeJson(inner, rest) : undefined;
  if (j instanceof Map) {
    const made = new Map(j);
    if (changed === undefined) made.delete(step as string);
    else made.set(step as string, changed);
    return made;
  }
  const items = [...(j as Json[])];
  items.splice(step as number, 1, ...(changed === undefined ? [] : [changed]));
  return items;
}

/** JSON_ARRAY_APPEND (at the end of the array at the path) and JSON_ARRAY_INSERT (before the element at the path). */
export function appendJson(j: Json, steps: readonly Step[], values: readonly Json[]): Json {
  const found = follow(j, steps);
  if (found === null) return setJson(j, steps, [...values], true);
  if (!Array.isArray(found)) return j;
  return setJson(j, steps, [...found, ...values], false);
}

export function insertJson(j: Json, steps: readonly Step[], values: readonly Json[]): Json {
  const index = steps.at(-1);
  if (typeof index !== 'number') return j;
  const parent = follow(j, steps.slice(0, -1));
  if (parent !== null && !Array.isArray(parent)) return j;
  const items = [...(parent ?? [])];
  while (items.length < index) items.push(null);
  items.splice(index, 0, ...values);
  return setJson(j, steps.slice(0, -1), items, true);
}

export function stripNulls(j: Json, steps: readonly Step[], arrays: boolean, empty: boolean): Json {
  const at = follow(j, steps);
  if (at === undefined) return j;
  const isEmpty = (v: Json): boolean =>
    empty && ((arrays && Array.isArray(v) && v.length === 0) || (v instanceof Map && v.size === 0));
  const gone = (v: Json): boolean => v === null || isEmpty(v);
  const stripped = (v: Json): Json => {
    if (Array.isArray(v)) {
      const items = v.map(stripped);
      return arrays ? items.filter((item) => !gone(item)) : items;
    }
    if (!(v instanceof Map)) return v;
    const members = [...v].map(([k, member]): [string, Json] => [k, stripped(member)]);
    return new Map(members.filter(([, member]) => !gone(member)));
  };
  const made = stripped(at);
  return setJson(j, steps, isEmpty(made) ? null : made, false);
}

/** JSON_KEYS. In lax mode arrays are looked into: once, or as deep as they go. */
export function keysOf(j: Json, depth: number, mode: string, prefix = ''): string[] {
  if (Array.isArray(j) && mode !== 'strict') {
    const inner = mode === 'lax recursive' ? j : j.filter((v) => !Array.isArray(v));
    return inner.flatMap((v) => keysOf(v, depth, mode, prefix));
  }
  if (!(j instanceof Map) || depth <= 0) return [];
  return [...j].flatMap(([k, v]) => {
    const name = prefix + (/^[\p{L}_$][\p{L}\p{N}_ ]*$/u.test(k) ? k : JSON.stringify(k));
    return [name, ...keysOf(v, depth - 1, mode, `${name}.`)];
  });
}

/** JSON_OBJECT of keys and values apart; the first of two equal keys counts. */
export function membersOf(keys: Json, values: Json): Json {
  const [names, items] = [keys as Json[], values as Json[]];
  if (names.length !== items.length)
    throw new Error('Invalid input to JSON_OBJECT: The number of keys and values must match');
  if (names.includes(null)) throw new Error('Invalid input to JSON_OBJECT: A key cannot be NULL');
  return new Map([...names.map((name, i): [string, Json] => [name as string, items[i] ?? null])].reverse());
}
