import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  currentRelease,
  decode,
  defaultRules,
  type EvolutionRule,
  evolutionSince,
  type Instant,
  type Release,
  type ReleasedField,
} from './index.ts';

const golden = new URL('./golden/', import.meta.url);
const at = (Date.UTC(2026, 0, 1) * 1_000) as Instant;

type Changeable<T> = T extends object ? { -readonly [K in keyof T]: Changeable<T[K]> } : T;

/** What is refused, and what allowed, when the contract is changed so; as if it were at its first release. */
function changedBy(change: (release: Changeable<Release>) => void) {
  const first: Release = { ...currentRelease(), version: '1.0' };
  const next = structuredClone(first) as Changeable<Release>;
  change(next);
  const { violations, legal } = evolutionSince(first, next);
  return { refused: violations.map(({ rule, where }) => [rule, where]), legal, violations };
}

const status = (release: Changeable<Release>) =>
  release.events['order.placed']!.parts.order!.order_status as Changeable<ReleasedField>;

describe('a change that others would not survive', () => {
  const order = 'order.placed/order';
  it.each<[EvolutionRule, string, (release: Changeable<Release>) => void]>([
    ['event_removed', 'clickstream', (r) => delete (r.events as Record<string, unknown>).clickstream],
    [
      'part_removed',
      'order.placed/order_items',
      (r) => delete (r.events['order.placed']!.parts as Record<string, unknown>).order_items,
    ],
    ['table_removed', 'sellers', (r) => delete (r.tables as Record<string, unknown>).sellers],
    [
      'table_retyped',
      'sellers',
      (r) => {
        r.tables.sellers!.key = ['seller_city'];
      },
    ],
    [
      'field_removed',
      `${order}/order_status`,
      (r) => delete (r.events['order.placed']!.parts.order as Record<string, unknown>).order_status,
    ],
    ['field_removed', 'envelope/event_id', (r) => delete (r.envelope as Record<string, unknown>).event_id],
    [
      'field_retyped',
      `${order}/order_status`,
      (r) => {
        status(r).type = 'int64';
      },
    ],
    [
      'field_required',
      'orders/order_approved_at',
      (r) => {
        (r.tables.orders!.columns.order_approved_at as Changeable<ReleasedField>).required = true;
      },
    ],
    [
      'required_field_added',
      'orders/channel',
      (r) => {
        (r.tables.orders!.columns as Record<string, ReleasedField>).channel = {
          type: 'string',
          required: true,
          fieldId: 99,
        };
      },
    ],
    [
      'field_id_changed',
      `${order}/order_status`,
      (r) => {
        status(r).fieldId = 77;
      },
    ],
    [
      'field_id_reused',
      'orders/channel',
      (r) => {
        (r.tables.orders!.columns as Record<string, ReleasedField>).channel = {
          type: 'string',
          required: false,
          fieldId: 1,
        };
        r.version = '1.1';
      },
    ],
    [
      'enum_tightened',
      `${order}/order_status`,
      (r) => {
        status(r).accepted = ['created'];
      },
    ],
    [
      'bound_tightened',
      `${order}/order_id`,
      (r) => {
        (r.events['order.placed']!.parts.order!.order_id as Changeable<ReleasedField>).maxLength = 32;
      },
    ],
  ])('%s at %s is refused by name, and the way out is told', (rule, where, change) => {
    const { refused, violations } = changedBy(change);
    expect(refused).toEqual([[rule, where]]);
    expect(violations[0]!.action).not.toBe('');
  });
});

describe('a legal change', () => {
  const optional = (r: Changeable<Release>) => {
    (r.tables.orders!.columns as Record<string, ReleasedField>).channel = {
      type: 'string',
      required: false,
      fieldId: 99,
    };
  };

  it('raises the minor version, and is refused without', () => {
    expect(changedBy(optional).violations[0]).toMatchObject({
      rule: 'minor_version_not_raised',
      expected: '1.1',
    });
    expect(
      changedBy((r) => {
        optional(r);
        r.version = '1.1';
      }),
    ).toMatchObject({ refused: [], legal: ['orders/channel is new'] });
  });

  it('is also a wider enum, a looser bound, a field that may be missing, and the next major version of an event', () => {
    const { refused, legal } = changedBy((r) => {
      r.version = '1.10';
      status(r).accepted = [...status(r).accepted!, 'returned'];
      (r.events['order.placed']!.parts.order!.order_id as Changeable<ReleasedField>).maxLength = 128;
      (r.tables.orders!.columns.customer_city as Changeable<ReleasedField>).required = false;
      r.events['seller.changed'] = { schemaVersion: 2, parts: {} };
    });
    expect(refused).toEqual([]);
    expect(legal).toHaveLength(4);
  });
});

const releases = readdirSync(new URL('released/', golden)).sort(
  new Intl.Collator('en', { numeric: true }).compare,
);

function releaseIn(file: string): Release {
  return JSON.parse(readFileSync(new URL(`released/${file}`, golden), 'utf8'));
}

describe('the contract of today', () => {
  it.each(releases)('may follow release %s', (file) => {
    expect(evolutionSince(releaseIn(file), currentRelease()).violations).toEqual([]);
  });

  it('is the latest release, or raises its version', () => {
    const latest = releaseIn(releases.at(-1)!);
    if (latest.version === currentRelease().version) expect(currentRelease()).toEqual(latest);
  });

  it.each(releases)('takes a message of every event of release %s', (release) => {
    const { version, events } = releaseIn(release);
    const messages = new URL(`messages/${version}/`, golden);
    const files = readdirSync(messages);
    const versions = Object.entries(events).map(
      ([type, { schemaVersion }]) => `${type}.v${schemaVersion}.json`,
    );
    expect(files.sort()).toEqual(versions.sort());
    for (const file of files) {
      const bytes = readFileSync(new URL(file, messages));
      const message = { bytes, attributes: {}, messageId: file, publishedAt: at, receivedAt: at };
      expect(decode(message, defaultRules), file).toMatchObject({ kind: 'ok' });
    }
  });
});
