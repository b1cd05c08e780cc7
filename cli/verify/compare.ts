import type { DeadFacts, Facts, KeyedFacts, OrderFacts } from './facts.ts';

export interface Comparison {
  readonly store: string;
  readonly expected: number;
  readonly found: number;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly twice: readonly string[];
  readonly different: readonly string[];
}

export function holds({ missing, unexpected, twice, different }: Comparison): boolean {
  return missing.length + unexpected.length + twice.length + different.length === 0;
}

/** Exact sets, and for every order the event that won, its rows and its money to the cent. */
export function compareOrders(store: string, expected: Facts, found: Facts): Comparison {
  const different: string[] = [];
  for (const [id, facts] of expected.orders) {
    const actual = found.orders.get(id);
    if (actual) different.push(...differences(id, facts, actual));
  }
  return { ...compareKeys(store, expected.orders, found.orders), twice: found.twice, different };
}

/** Exact sets of keys, and for each the row: `what` tells one from another. */
export function compareKeyed(
  store: string,
  what: 'event' | 'content',
  expected: ReadonlyMap<string, string>,
  found: KeyedFacts,
): Comparison {
  const different: string[] = [];
  for (const [key, value] of expected) {
    const actual = found.values.get(key);
    if (actual !== undefined && actual !== value) different.push(`${key}: ${what} ${value}, found ${actual}`);
  }
  return { ...compareKeys(store, expected, found.values), twice: found.twice, different };
}

export function compareDead(store: string, expected: DeadFacts, found: DeadFacts): Comparison {
  const different: string[] = [];
  for (const [id, reason] of expected.dead) {
    const actual = found.dead.get(id);
    if (actual !== undefined && actual !== reason) different.push(`${id}: reason ${reason}, found ${actual}`);
  }
  return { ...compareKeys(store, expected.dead, found.dead), twice: found.twice, different };
}

export function compareIds(
  store: string,
  expected: ReadonlySet<string>,
  found: ReadonlySet<string>,
): Comparison {
  return { ...compareKeys(store, expected, found), twice: [], different: [] };
}

interface Keyed {
  readonly size: number;
  has(key: string): boolean;
  keys(): Iterable<string>;
}

function compareKeys(store: string, expected: Keyed, found: Keyed) {
  return {
    store,
    expected: expected.size,
    found: found.size,
    missing: [...expected.keys()].filter((id) => !found.has(id)),
    unexpected: [...found.keys()].filter((id) => !expected.has(id)),
  };
}

const compared = ['eventId', 'items', 'itemsCents', 'freightCents', 'payments', 'paymentsCents'] as const;

function differences(id: string, expected: OrderFacts, found: OrderFacts): string[] {
  return compared
    .filter((name) => expected[name] !== found[name])
    .map((name) => `${id}: ${name} ${expected[name]}, found ${found[name]}`);
}

const shown = 5;

export function linesOf(comparison: Comparison): string[] {
  const { store, expected, found } = comparison;
  const head = `${holds(comparison) ? 'holds' : 'FAILS'}  ${store}: ${expected} expected, ${found} found`;
  const kinds = ['missing', 'unexpected', 'twice', 'different'] as const;
  return [head, ...kinds.flatMap((kind) => listOf(kind, comparison[kind]))];
}

function listOf(kind: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const more = ids.length > shown ? [`         … and ${ids.length - shown} more`] : [];
  return [`       ${kind} (${ids.length}):`, ...ids.slice(0, shown).map((id) => `         ${id}`), ...more];
}
