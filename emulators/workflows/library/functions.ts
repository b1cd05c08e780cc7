import { raised } from '../raised.ts';
import { isList, isMap, typeOf, type Value } from '../value.ts';
import { formatTime, parseTime } from './time.ts';

/** What the functions may know of the execution that calls them. */
export interface Host {
  /** Seconds since the epoch. */
  now(): number;
  environment(name: string): string | undefined;
}

interface LibraryFunction {
  /** By these names a call step passes them; those after `required` may be left out. */
  readonly parameters: readonly string[];
  readonly required: number;
  run(args: readonly Value[], host: Host): Value;
}

const fn = (
  parameters: readonly string[],
  run: (args: readonly Value[], host: Host) => Value,
  required = parameters.length,
): LibraryFunction => ({ parameters, required, run });

/** The functions of the standard library that expressions may use; any other is refused when a workflow is created. */
export const functions: Readonly<Record<string, LibraryFunction>> = {
  default: fn(['value', 'default_value'], ([value, other]) => value ?? other ?? null),
  if: fn(['condition', 'if_true', 'if_false'], ([condition, yes, no]) => {
    if (typeof condition !== 'boolean') throw wrong('if', 'a boolean', condition);
    return (condition ? yes : no) ?? null;
  }),
  len: fn(['value'], ([value]) => {
    if (typeof value === 'string' || (value !== undefined && isList(value))) return value.length;
    if (value !== undefined && isMap(value)) return Object.keys(value).length;
    throw wrong('len', 'a string, list or map', value);
  }),
  keys: fn(['map'], ([map]) => {
    if (map === undefined || !isMap(map)) throw wrong('keys', 'a map', map);
    return Object.keys(map);
  }),
  string: fn(['value'], ([value]) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw wrong('string', 'a string, number or boolean', value);
  }),
  int: fn(['value'], ([value]) => {
    if (typeof value === 'number') return Math.trunc(value);
    if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return Number(value);
    if (typeof value === 'string') throw raised('ValueError', `int("${value}"): not an integer`);
    throw wrong('int', 'a number or string', value);
  }),
  double: fn(['value'], ([value]) => {
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') throw wrong('double', 'a number or string', value);
    if (value.trim() === '' || Number.isNaN(Number(value))) {
      throw raised('ValueError', `double("${value}"): not a number`);
    }
    return Number(value);
  }),
  'json.encode_to_string': fn(['data', 'indent'], ([data]) => JSON.stringify(data), 1),
  'json.decode': fn(['data'], ([data]) => {
    const text = string('json.decode', data);
    try {
      return JSON.parse(text) as Value;
    } catch {
      throw raised('ValueError', `json.decode: not JSON: ${text.slice(0, 100)}`);
    }
  }),
  'list.concat': fn(['objects', 'val'], ([list, item]) => {
    if (list === undefined || !isList(list)) throw wrong('list.concat', 'a list', list);
    return [...list, item ?? null];
  }),
  'map.get': fn(['map', 'keys'], ([map, keys]) => {
    const path = keys !== undefined && isList(keys) ? keys : [keys ?? null];
    let value: Value = map ?? null;
    for (const key of path) {
      if (value === null) return null;
      if (!isMap(value)) throw wrong('map.get', 'a map', value);
      const name: string = string('map.get', key);
      value = Object.hasOwn(value, name) ? (value[name] ?? null) : null;
    }
    return value;
  }),
  'sys.get_env': fn(
    ['name', 'default'],
    ([name, other], host) => {
      const found = host.environment(string('sys.get_env', name)) ?? other;
      if (found === undefined) throw raised('KeyError', `sys.get_env: there is no ${String(name)}`);
      return found;
    },
    1,
  ),
  'sys.now': fn([], (_args, host) => host.now()),
  'text.find_all': fn(['source', 'substr'], ([source, part]) => {
    const text = string('text.find_all', source);
    const wanted = string('text.find_all', part);
    const found: number[] = [];
    for (
      let at = text.indexOf(wanted);
      at >= 0 && wanted !== '';
      at = text.indexOf(wanted, at + wanted.length)
    ) {
      found.push(at);
    }
    return found;
  }),
  'text.match_regex': fn(['source', 'regexp'], ([source, pattern]) =>
    regex(string('text.match_regex', pattern)).test(string('text.match_regex', source)),
  ),
  'text.replace_all': fn(['source', 'substr', 'repl'], ([source, part, by]) =>
    string('text.replace_all', source).replaceAll(string('text.replace_all', part), () =>
      string('text.replace_all', by),
    ),
  ),
  'text.split': fn(['source', 'separator'], ([source, separator]) =>
    string('text.split', source).split(string('text.split', separator)),
  ),
  'text.substring': fn(['source', 'start', 'end'], ([source, start, end]) => {
    const text = string('text.substring', source);
    if (typeof start !== 'number' || typeof end !== 'number')
      throw wrong('text.substring', 'integers', start);
    if (start < 0 || start > end) throw raised('IndexError', `text.substring: ${start} to ${end}`);
    return text.slice(start, end);
  }),
  'text.to_lower': fn(['source'], ([source]) => string('text.to_lower', source).toLowerCase()),
  'text.to_upper': fn(['source'], ([source]) => string('text.to_upper', source).toUpperCase()),
  'time.format': fn(
    ['seconds', 'timezone'],
    ([seconds, zone]) => {
      if (typeof seconds !== 'number') throw wrong('time.format', 'seconds', seconds);
      return formatTime(seconds, zone === undefined ? 'UTC' : string('time.format', zone));
    },
    1,
  ),
  'time.parse': fn(['value'], ([value]) => parseTime(string('time.parse', value))),
};

function wrong(name: string, expected: string, got: Value | undefined) {
  return raised(
    'TypeError',
    `${name}: expected ${expected}, got ${got === undefined ? 'nothing' : typeOf(got)}`,
  );
}

function string(name: string, value: Value | undefined): string {
  if (typeof value !== 'string') throw wrong(name, 'a string', value);
  return value;
}

/** The service takes RE2; what the two read alike is all that a definition should use. */
function regex(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    throw raised('ValueError', `text.match_regex: not a regular expression: ${pattern}`);
  }
}
