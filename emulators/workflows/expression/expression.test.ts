import { describe, expect, test } from 'vitest';
import { functions } from '../library/functions.ts';
import { Raised } from '../raised.ts';
import type { Value } from '../value.ts';
import { evaluate } from './evaluate.ts';
import { parseExpression } from './parse.ts';

const host = { now: () => 1_700_000_000.5, environment: (name: string) => ({ PLACE: 'here' })[name] };

function run(source: string, variables: Record<string, Value> = {}): Value {
  return evaluate(parseExpression(source), {
    read: (name) => variables[name] ?? null,
    call: (name, args) => functions[name]?.run(args, host) ?? null,
  });
}

function tagsOf(source: string, variables: Record<string, Value> = {}): Value | undefined {
  try {
    run(source, variables);
  } catch (error) {
    if (error instanceof Raised) return (error.value as { tags: Value }).tags;
    throw error;
  }
  return undefined;
}

describe('an expression', () => {
  test.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 2 - 3', 5],
    ['7 / 2', 3.5],
    ['7 // 2', 3],
    ['7 % 4', 3],
    ['-3 + 5', 2],
    ['"a" + "b"', 'ab'],
    ['1 < 2 and 2 <= 2', true],
    ['1 == 1 or 1 == 2 and false', true],
    ['not 1 == 2', true],
    ['not(true) or true', true],
    ['"b" > "a"', true],
    ['1 != "1"', true],
    ['null == null', true],
    ['"say \\"hi\\"\\n"', 'say "hi"\n'],
    ['1.5e3', 1500],
  ])('%s is %j', (source, expected) => {
    expect(run(source)).toEqual(expected);
  });

  test('goes into maps and lists, by name, key and index', () => {
    const order = { lines: [{ id: 1 }, { id: 2, 'a key': [true] }] };
    expect(run('order.lines[1].id', { order })).toBe(2);
    expect(run('order["lines"][n - 1]["a key"][0]', { order, n: 2 })).toBe(true);
  });

  test('finds keys of a map and members of a list with "in"', () => {
    const variables = { map: { a: null }, list: [1, { b: 2 }], wanted: { b: 2 } };
    expect(run('"a" in map', variables)).toBe(true);
    expect(run('"b" in map', variables)).toBe(false);
    expect(run('wanted in list', variables)).toBe(true);
    expect(run('not (3 in list)', variables)).toBe(true);
  });

  test('does not look at the right side where the left decides', () => {
    expect(run('false and x.y == 1', { x: {} })).toBe(false);
    expect(run('true or x.y == 1', { x: {} })).toBe(true);
  });

  test.each([
    ['map.nothing', 'KeyError'],
    ['list[5]', 'IndexError'],
    ['list["a"]', 'TypeError'],
    ['"a" + 1', 'TypeError'],
    ['1 and true', 'TypeError'],
    ['1 < "2"', 'TypeError'],
    ['"a" in "abc"', 'TypeError'],
    ['1 / 0', 'ZeroDivisionError'],
    ['int("1.5x")', 'ValueError'],
    ['len(3)', 'TypeError'],
  ])('%s raises a %s', (source, tag) => {
    expect(tagsOf(source, { map: {}, list: [1] })).toEqual([tag]);
  });

  test.each([
    '1 +',
    '(1',
    'a b',
    "'text'",
    '[1, 2]',
    'a.1',
    'f(1,',
    '1 ? 2 : 3',
    'x[0',
    '"open',
    'and',
    '"\\q"',
  ])('%s does not parse, and the place is said', (source) => {
    expect(() => parseExpression(source)).toThrow(/position|escape/);
  });
});

describe('the functions', () => {
  test.each<[string, Value]>([
    ['default(null, "x")', 'x'],
    ['default(0, "x")', 0],
    ['if(1 == 1, "yes", "no")', 'yes'],
    ['len("abc") + len(keys(map))', 5],
    ['string(12) + string(true) + string(1.5)', '12true1.5'],
    ['int("42") + int(1.9)', 43],
    ['double("2.5")', 2.5],
    ['map.get(map, "a")', 1],
    ['map.get(map, "none")', null],
    ['map.get(null, "a")', null],
    ['json.encode_to_string(map)', '{"a":1,"b":{"c":2}}'],
    ['json.decode("[1, null]")', [1, null]],
    ['list.concat(list, 3)', [1, 2, 3]],
    ['text.replace_all("a-b-c", "-", "$&")', 'a$&b$&c'],
    ['text.substring("2026-11-21T10:00", 0, 10)', '2026-11-21'],
    ['text.match_regex("jobBackendError", "backend|BackendError")', true],
    ['text.split("a,b", ",")', ['a', 'b']],
    ['text.find_all("abcabc", "b")', [1, 4]],
    ['text.to_upper("a") + text.to_lower("B")', 'Ab'],
    ['sys.get_env("PLACE")', 'here'],
    ['sys.get_env("OTHER", "there")', 'there'],
    ['sys.now()', 1_700_000_000.5],
  ])('%s is %j', (source, expected) => {
    expect(run(source, { map: { a: 1, b: { c: 2 } }, list: [1, 2] })).toEqual(expected);
  });

  test('map.get goes down a list of keys', () => {
    expect(run('map.get(map, path)', { map: { a: { b: 1 } }, path: ['a', 'b'] })).toBe(1);
    expect(run('map.get(map, path)', { map: { a: { b: 1 } }, path: ['x', 'b'] })).toBe(null);
  });

  // 2023-11-14T22:13:20.5Z
  test('time.format gives the time on the wall of a zone, with its offset', () => {
    expect(run('time.format(sys.now())')).toBe('2023-11-14T22:13:20.500Z');
    expect(run('time.format(sys.now(), "America/Sao_Paulo")')).toBe('2023-11-14T19:13:20.500-03:00');
    expect(run('time.format(sys.now(), "Asia/Kolkata")')).toBe('2023-11-15T03:43:20.500+05:30');
    expect(tagsOf('time.format(0, "Nowhere/Land")')).toEqual(['ValueError']);
  });

  // Brazil had summer time until 2019: -02:00 in January 2018.
  test('time.format knows the summer time of the year', () => {
    expect(run('time.format(1514800800, "America/Sao_Paulo")')).toBe('2018-01-01T08:00:00.000-02:00');
  });

  test('time.parse reads what time.format writes', () => {
    expect(run('time.parse("2023-11-14T19:13:20.500-03:00")')).toBe(1_700_000_000.5);
    expect(tagsOf('time.parse("yesterday")')).toEqual(['ValueError']);
  });
});
