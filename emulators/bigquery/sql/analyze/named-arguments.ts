import type { Call, Expr } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';

interface Named {
  readonly name: string;
  readonly missing: Extract<Expr, { kind: 'literal' }>;
}
const flag = (name: string, value: boolean): Named => ({
  name,
  missing: { kind: 'literal', type: 'BOOL', value: value ? 'TRUE' : 'FALSE', at: 0 },
});

const wideNumbers = (mode: 'exact' | 'round'): { after: number; names: readonly Named[] } => ({
  after: 1,
  names: [{ name: 'wide_number_mode', missing: { kind: 'literal', type: 'STRING', value: mode, at: 0 } }],
});

/**
 * How many arguments stand first, and which may follow by name, the first few of them in their places too; what is not
 * given is what the service takes then.
 */
const known: Readonly<
  Record<string, { after: number; most?: number; inPlace?: number; names: readonly Named[] }>
> = {
  PARSE_JSON: wideNumbers('exact'),
  FLOAT64: wideNumbers('round'),
  FLOAT64_ARRAY: wideNumbers('round'),
  MAKE_INTERVAL: {
    after: 0,
    inPlace: 6,
    names: ['year', 'month', 'day', 'hour', 'minute', 'second'].map((name) => ({
      name,
      missing: { kind: 'literal', type: 'INT64', value: '0', at: 0 },
    })),
  },
  JSON_SET: { after: 3, most: 99, names: [flag('create_if_missing', true)] },
  JSON_ARRAY_APPEND: { after: 3, most: 99, names: [flag('append_each_element', true)] },
  JSON_ARRAY_INSERT: { after: 3, most: 99, names: [flag('insert_each_element', true)] },
  JSON_STRIP_NULLS: {
    after: 1,
    most: 2,
    names: [flag('include_arrays', true), flag('remove_empty', false)],
  },
  JSON_KEYS: {
    after: 1,
    inPlace: 1,
    names: [
      // The depth has a place, and no name.
      { name: '', missing: { kind: 'literal', type: 'INT64', value: '1000000', at: 0 } },
      { name: 'mode', missing: { kind: 'literal', type: 'STRING', value: 'strict', at: 0 } },
    ],
  },
  TO_JSON: { after: 1, names: [flag('stringify_wide_numbers', false)] },
  EDIT_DISTANCE: {
    after: 2,
    names: [{ name: 'max_distance', missing: { kind: 'literal', type: 'INT64', value: '1000000', at: 0 } }],
  },
};

/** A call with all its arguments in their places. */
export function placed(call: Call): Call {
  if (!call.named) return call;
  const found = known[call.name.toUpperCase()];
  const args = [...call.args];
  const given = new Map(call.named.map(({ name, value }) => [name.toLowerCase(), value]));
  const inPlace = found ? Math.min(args.length - found.after, found.inPlace ?? 0) : 0;
  if (!found || args.length < found.after || args.length - inPlace > (found.most ?? found.after))
    throw notServed(`A named argument of ${call.name}`, call.at);
  if (found.most === 99 && args.length % 2 === 0)
    throw new SqlError(`${call.name} takes paths and values in pairs`, call.at);
  for (const { name, missing } of found.names.slice(inPlace)) {
    args.push(given.get(name) ?? missing);
    given.delete(name);
  }
  const [stranger] = given.keys();
  if (stranger !== undefined) throw notServed(`The argument ${stranger} of ${call.name}`, call.at);
  return { ...call, args };
}
