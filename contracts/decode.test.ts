import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Death,
  decode,
  defaultRules,
  exampleOrder,
  type Instant,
  type Outcome,
  type Received,
} from './index.ts';

const receivedAt = (Date.parse('2024-05-04T13:30:06Z') * 1000) as Instant;

type Json = Record<string, unknown>;
interface Body extends Json {
  order: Json;
  order_items: Json[];
  order_payments: Json[];
}

function received(body: unknown, attributes: Record<string, string> = {}): Received {
  const bytes =
    body instanceof Uint8Array
      ? body
      : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  return { bytes, attributes, messageId: 'message-7', publishedAt: receivedAt, receivedAt };
}

/** The example, changed. */
function changed(change: (body: Body) => void): Body {
  const body = structuredClone(exampleOrder) as unknown as Body;
  change(body);
  return body;
}

function decoded(body: unknown, attributes: Record<string, string> = {}): Outcome {
  return decode(received(body, attributes), defaultRules);
}

function deathOf(body: unknown, attributes: Record<string, string> = {}): Death {
  const outcome = decoded(body, attributes);
  if (outcome.kind !== 'dead') throw new Error(`expected a dead message, got ${outcome.kind}`);
  return outcome.death;
}

function eventOf(body: unknown, attributes: Record<string, string> = {}) {
  const outcome = decoded(body, attributes);
  if (outcome.kind === 'dead') throw new Error(JSON.stringify(outcome.death));
  if (outcome.event.eventType !== 'order.placed') throw new Error(outcome.event.eventType);
  return { event: outcome.event, corrections: outcome.kind === 'corrected' ? outcome.corrections : [] };
}

describe('a message in canonical form', () => {
  it('is ok, with money in cents and times in microseconds', () => {
    const outcome = decoded(exampleOrder);
    expect(outcome).toMatchObject({
      kind: 'ok',
      event: {
        eventId: 'placed-0001',
        eventType: 'order.placed',
        schemaVersion: 1,
        occurredAt: Date.parse('2024-05-04T13:30:05.250Z') * 1000,
        version: 1,
        order: {
          order_status: 'created',
          order_purchase_timestamp: Date.parse('2024-05-04T13:30:00Z') * 1000,
          order_approved_at: null,
          customer_zip_code_prefix: '03149',
        },
        items: [{ price: 2999, freight_value: 872 }],
        payments: [{ payment_value: 1812 }, { payment_value: 2059 }],
      },
    });
  });

  it('keeps its content hash when only spacing, key order or the order of lists differ', () => {
    const { event } = eventOf(exampleOrder);
    const reordered = changed((body) => {
      body.order = Object.fromEntries(Object.entries(body.order).reverse());
      body.order_payments.reverse();
    });
    const other = eventOf(JSON.stringify(reordered, null, 3)).event;
    expect(other.contentHash).toBe(event.contentHash);
    expect(other.payments).toEqual(event.payments);
  });

  it('may carry fields that this version does not know', () => {
    const body = changed((b) => {
      b.order.gift_wrap = { colour: 'red' };
      b.loyalty = [1, 2];
    });
    expect(decoded(body).kind).toBe('ok');
  });
});

describe('a message that can be put right', () => {
  const cases: [string, (body: Body) => void, { path: string; kind: string }, unknown?][] = [
    [
      'an untrimmed city',
      (b) => {
        b.order.customer_city = ' são paulo ';
      },
      { path: '/order/customer_city', kind: 'trimmed' },
    ],
    [
      'a state in lower case',
      (b) => {
        b.order.customer_state = 'sp';
      },
      { path: '/order/customer_state', kind: 'recased' },
    ],
    [
      'money as a number',
      (b) => {
        b.order_items[0]!.price = 29.99;
      },
      { path: '/order_items/0/price', kind: 'number_to_money' },
    ],
    [
      'money whose last digit was dropped',
      (b) => {
        b.order_items[0]!.price = '29.990';
      },
      { path: '/order_items/0/price', kind: 'money_rewritten' },
    ],
    [
      'a count as text',
      (b) => {
        b.order_payments[1]!.payment_sequential = '2';
      },
      { path: '/order_payments/1/payment_sequential', kind: 'string_to_number' },
    ],
    [
      'a zip prefix that became a number',
      (b) => {
        b.order.customer_zip_code_prefix = 3149;
      },
      { path: '/order/customer_zip_code_prefix', kind: 'number_to_text' },
    ],
    [
      'a time finer than microseconds',
      (b) => {
        b.order.order_purchase_timestamp = '2024-05-04T13:30:00.0000009Z';
      },
      { path: '/order/order_purchase_timestamp', kind: 'precision_cut' },
    ],
    [
      'an empty text for a missing time',
      (b) => {
        b.order.order_approved_at = '';
      },
      { path: '/order/order_approved_at', kind: 'empty_to_null' },
    ],
  ];
  for (const [name, change, correction] of cases) {
    it(`${name} gives the same content, and says what was changed`, () => {
      const { event, corrections } = eventOf(changed(change));
      expect(corrections).toEqual([correction]);
      expect(event.contentHash).toBe(eventOf(exampleOrder).event.contentHash);
    });
  }

  it('a time without a zone is a wall-clock time in São Paulo', () => {
    const { event, corrections } = eventOf(
      changed((b) => {
        b.order.order_purchase_timestamp = '2018-01-15 10:00:00';
      }),
    );
    expect(corrections).toEqual([{ path: '/order/order_purchase_timestamp', kind: 'zone_assumed' }]);
    // January 2018 was summer time: two hours behind UTC.
    expect(event.order.order_purchase_timestamp).toBe(Date.parse('2018-01-15T12:00:00Z') * 1000);
  });

  it('an envelope field that the body lacks is taken from the attributes', () => {
    const body = changed((b) => {
      delete b.event_id;
      delete b.schema_version;
    });
    const { event, corrections } = eventOf(body, { event_id: 'from-outside', schema_version: '1' });
    expect(event.eventId).toBe('from-outside');
    expect(corrections).toEqual([
      { path: '/event_id', kind: 'taken_from_attribute' },
      { path: '/schema_version', kind: 'taken_from_attribute' },
    ]);
  });
});

it('lists no more than 50 corrections, however many there were', () => {
  const text = changed((b) => {
    b.order_items = Array.from({ length: 60 }, (_, i) => ({
      ...exampleOrder.order_items[0],
      order_item_id: String(i + 1),
      price: '0.00',
    }));
    b.order_payments = [{ ...b.order_payments[0]!, payment_value: (60 * 8.72).toFixed(2) }];
  });
  expect(eventOf(text).corrections).toHaveLength(50);
});

describe('a body without an envelope', () => {
  const bare = changed((b) => {
    for (const key of ['event_id', 'event_type', 'schema_version', 'occurred_at']) delete b[key];
    delete b.order.version;
  });

  it('is an order.placed whose id comes from its content and whose time is the purchase', () => {
    const { event, corrections } = eventOf(bare);
    expect(event.eventId).toBe(`e481f51cbdc54678b7cc49136f2d6af7-${event.contentHash}`);
    expect(event.version).toBe(1);
    expect(event.occurredAt).toBe(event.order.order_purchase_timestamp);
    expect(corrections.map((c) => c.kind)).toEqual(Array(5).fill('derived'));
  });

  it('has the same id whatever its spacing, and another one when a cent moves', () => {
    const id = eventOf(bare).event.eventId;
    expect(eventOf(JSON.stringify(bare, null, 2)).event.eventId).toBe(id);
    const moved = structuredClone(bare);
    moved.order_payments[0]!.payment_value = '18.13';
    moved.order_payments[1]!.payment_value = '20.58';
    expect(eventOf(moved).event.eventId).not.toBe(id);
  });

  it('takes its id from the attributes when these have one', () => {
    expect(eventOf(bare, { event_id: 'outer' }).event.eventId).toBe('outer');
  });
});

describe('a message that is dead', () => {
  const item = exampleOrder.order_items[0];
  const cases: [string, unknown, string, string][] = [
    ['truncated JSON', JSON.stringify(exampleOrder).slice(0, -9), 'invalid_json', ''],
    ['bytes that are not UTF-8', new Uint8Array([123, 34, 0xff, 34, 125]), 'invalid_utf8', ''],
    ['nothing at all', '', 'invalid_json', ''],
    ['a list', '[]', 'wrong_type', ''],
    [
      'a key __proto__',
      JSON.stringify(exampleOrder).replace('"order":{', '"order":{"__proto__":{"x":1},'),
      'forbidden_key',
      '/order/__proto__',
    ],
    [
      'a key __proto__ in disguise',
      JSON.stringify(exampleOrder).replace('{', '{"\\u005f_proto__":1,'),
      'forbidden_key',
      '/__proto__',
    ],
    [
      'nesting 10,000 deep',
      JSON.stringify(exampleOrder).replace('{', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},`),
      'too_deep',
      '',
    ],
    ['more than 10 MB', new Uint8Array(10_000_001).fill(32), 'too_large', ''],
    [
      'another event',
      changed((b) => {
        b.event_type = 'order.exploded';
      }),
      'unknown_event_type',
      '/event_type',
    ],
    [
      'a new major version',
      changed((b) => {
        b.schema_version = 2;
      }),
      'unknown_schema_version',
      '/schema_version',
    ],
    [
      'no order',
      changed((b) => {
        delete (b as Json).order;
      }),
      'missing_field',
      '/order',
    ],
    [
      'no version',
      changed((b) => {
        delete b.order.version;
      }),
      'missing_field',
      '/order/version',
    ],
    [
      'a missing seller',
      changed((b) => {
        delete b.order_items[0]!.seller_id;
      }),
      'missing_field',
      '/order_items/0/seller_id',
    ],
    [
      'an order id that is a number',
      changed((b) => {
        b.order.order_id = 5;
      }),
      'wrong_type',
      '/order/order_id',
    ],
    [
      'an item that is a text',
      changed((b) => {
        (b.order_items as unknown[])[0] = 'item';
      }),
      'wrong_type',
      '/order_items/0',
    ],
    [
      'items that are no list',
      changed((b) => {
        (b as Json).order_items = {};
      }),
      'wrong_type',
      '/order_items',
    ],
    [
      'half an item',
      changed((b) => {
        b.order_items[0]!.order_item_id = 1.5;
      }),
      'wrong_format',
      '/order_items/0/order_item_id',
    ],
    [
      'a number beyond all bounds',
      JSON.stringify(exampleOrder).replace('"29.99"', '1e400'),
      'out_of_range',
      '/order_items/0/price',
    ],
    [
      'a number beyond all bounds where nobody knows it',
      JSON.stringify(exampleOrder).replace('{', '{"x":[0,{"a/b":-1e400}],'),
      'out_of_range',
      '/x/1/a~1b',
    ],
    [
      'half a character, which as a whole one would be another',
      JSON.stringify(exampleOrder).replace('são paulo', 's\\ud800o paulo'),
      'lone_surrogate',
      '/order/customer_city',
    ],
    [
      'the other half, where nobody knows it',
      JSON.stringify(exampleOrder).replace('{', '{"x":{"y":["\\udc00"]},'),
      'lone_surrogate',
      '/x/y/0',
    ],
    [
      'a name with half a character',
      JSON.stringify(exampleOrder).replace('{', '{"x\\ud800":1,'),
      'lone_surrogate',
      '/x\ufffd',
    ],
    [
      'tenths of a cent',
      changed((b) => {
        b.order_items[0]!.price = 29.995;
      }),
      'wrong_format',
      '/order_items/0/price',
    ],
    [
      'negative money',
      changed((b) => {
        b.order_items[0]!.price = '-1.00';
      }),
      'negative_money',
      '/order_items/0/price',
    ],
    [
      'an unknown status',
      changed((b) => {
        b.order.order_status = 'lost';
      }),
      'unknown_value',
      '/order/order_status',
    ],
    [
      'an unknown payment type',
      changed((b) => {
        b.order_payments[0]!.payment_type = 'pix';
      }),
      'unknown_value',
      '/order_payments/0/payment_type',
    ],
    [
      'a day that is none',
      changed((b) => {
        b.order.order_approved_at = '2024-02-30T00:00:00Z';
      }),
      'wrong_format',
      '/order/order_approved_at',
    ],
    [
      'a time before 1970',
      changed((b) => {
        b.order.order_approved_at = '1969-12-31T23:59:59Z';
      }),
      'out_of_range',
      '/order/order_approved_at',
    ],
    [
      'no items',
      changed((b) => {
        b.order_items = [];
      }),
      'no_items',
      '/order_items',
    ],
    [
      'an item twice',
      changed((b) => {
        b.order_items.push({ ...item });
      }),
      'duplicate_item',
      '/order_items/1/order_item_id',
    ],
    [
      'a payment twice',
      changed((b) => {
        b.order_payments[1]!.payment_sequential = 1;
      }),
      'duplicate_payment',
      '/order_payments/1/payment_sequential',
    ],
    [
      'an item of another order',
      changed((b) => {
        b.order_items[0]!.order_id = 'other';
      }),
      'foreign_item',
      '/order_items/0/order_id',
    ],
    [
      'a payment of another order',
      changed((b) => {
        b.order_payments[1]!.order_id = 'other';
      }),
      'foreign_payment',
      '/order_payments/1/order_id',
    ],
    [
      'a purchase in two days',
      changed((b) => {
        b.order.order_purchase_timestamp = '2024-05-06T13:30:07Z';
      }),
      'purchase_in_future',
      '/order/order_purchase_timestamp',
    ],
    [
      'two cents too few',
      changed((b) => {
        b.order_payments[0]!.payment_value = '18.10';
      }),
      'payment_mismatch',
      '/order_payments',
    ],
  ];
  for (const [name, body, reason, path] of cases) {
    it(`${name}: ${reason} at ${path || 'the whole'}`, () => {
      expect(deathOf(body)).toMatchObject({ reason, path });
    });
  }

  it('one cent too few is within the tolerance', () => {
    expect(
      decoded(
        changed((b) => {
          b.order_payments[0]!.payment_value = '18.11';
        }),
      ).kind,
    ).toBe('ok');
  });

  it('says what was expected and what was got, cut to 200 characters', () => {
    const death = deathOf(
      changed((b) => {
        b.order.order_status = 'x'.repeat(5_000);
      }),
    );
    expect(death.expected).toContain('delivered');
    expect(death.got).toHaveLength(200);
  });

  it('is known by its own id, else by the attribute, else by the message id', () => {
    const unknown = changed((b) => {
      b.schema_version = 9;
    });
    expect(deathOf(unknown, { event_id: 'attribute' }).eventId).toBe('placed-0001');
    expect(deathOf('{', { event_id: 'attribute' }).eventId).toBe('attribute');
    expect(deathOf('{').eventId).toBe('message-7');
  });

  it('leaves no trace on the next message', () => {
    deathOf(
      changed((b) => {
        b.order.customer_city = ' x ';
        b.order.customer_state = 'XX';
      }),
    );
    expect(decoded(exampleOrder).kind).toBe('ok');
  });
});

describe('whatever comes in', () => {
  const allowed = ['ok', 'corrected', 'dead'];

  it('never throws on bytes, and never calls itself defective', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const outcome = decoded(bytes);
        expect(outcome).toMatchObject({ kind: 'dead' });
        expect(JSON.stringify(outcome)).not.toContain('decoder_defect');
      }),
    );
  });

  it.each(['', ' ', ' 1', '\ud800', '1\ud800', ' order.placed ', 1e21, -0, 1.5])(
    'never calls itself defective where a value is %j',
    (value) => {
      for (const path of leaves(exampleOrder)) {
        const body = structuredClone(exampleOrder) as unknown;
        let at = body as Json;
        for (const key of path.slice(0, -1)) at = at[key] as Json;
        at[path.at(-1)!] = value;
        expect(JSON.stringify(decoded(body)), path.join('.')).not.toContain('decoder_defect');
      }
    },
  );

  it('never throws on an order whose values are exchanged for any JSON', () => {
    const paths = leaves(exampleOrder);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const body = structuredClone(exampleOrder) as unknown;
        let at = body as Json;
        for (const key of path.slice(0, -1)) at = at[key] as Json;
        at[path.at(-1)!] = value;
        const outcome = decoded(body);
        expect(allowed).toContain(outcome.kind);
        expect(JSON.stringify(outcome)).not.toContain('decoder_defect');
      }),
      { numRuns: 1_000 },
    );
  });
});

function leaves(value: unknown, path: string[] = []): string[][] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== 'object' || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]))];
}
