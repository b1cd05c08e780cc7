import { describe, expect, it } from 'vitest';
import {
  bigquerySchema,
  changeSequence,
  compareVersions,
  type Instant,
  icebergSchema,
  rowDescriptor,
  type Table,
  tables,
} from './index.ts';

const all = Object.values(tables) as Table[];

describe('field ids', () => {
  it('never change: files that were written long ago are read by them', () => {
    const ids = Object.fromEntries(
      all.map((table) => [table.name, table.columns.map((c) => `${c.fieldId} ${c.name}`)]),
    );
    expect(ids).toEqual({
      orders: [
        '1 order_id',
        '2 customer_id',
        '3 order_status',
        '4 order_purchase_timestamp',
        '5 order_approved_at',
        '6 order_delivered_carrier_date',
        '7 order_delivered_customer_date',
        '8 order_estimated_delivery_date',
        '9 customer_unique_id',
        '10 customer_zip_code_prefix',
        '11 customer_city',
        '12 customer_state',
        '13 event_id',
        '14 version',
        '15 occurred_at',
        '16 content_hash',
        '17 corrections',
        '18 additional_fields',
      ],
      order_items: [
        '1 order_id',
        '2 order_item_id',
        '3 product_id',
        '4 seller_id',
        '5 shipping_limit_date',
        '6 price',
        '7 freight_value',
        '8 event_id',
        '9 version',
        '10 occurred_at',
        '11 content_hash',
        '12 corrections',
        '13 additional_fields',
      ],
      order_payments: [
        '1 order_id',
        '2 payment_sequential',
        '3 payment_type',
        '4 payment_installments',
        '5 payment_value',
        '6 event_id',
        '7 version',
        '8 occurred_at',
        '9 content_hash',
        '10 corrections',
        '11 additional_fields',
      ],
      customers: [
        '1 customer_unique_id',
        '2 customer_id',
        '3 customer_zip_code_prefix',
        '4 customer_city',
        '5 customer_state',
        '6 event_id',
        '7 version',
        '8 occurred_at',
        '9 content_hash',
        '10 corrections',
        '11 additional_fields',
      ],
      products: [
        '1 product_id',
        '2 product_category_name',
        '3 product_name_lenght',
        '4 product_description_lenght',
        '5 product_photos_qty',
        '6 product_weight_g',
        '7 product_length_cm',
        '8 product_height_cm',
        '9 product_width_cm',
        '10 event_id',
        '11 version',
        '12 occurred_at',
        '13 content_hash',
        '14 corrections',
        '15 additional_fields',
      ],
      sellers: [
        '1 seller_id',
        '2 seller_zip_code_prefix',
        '3 seller_city',
        '4 seller_state',
        '5 event_id',
        '6 version',
        '7 occurred_at',
        '8 content_hash',
        '9 corrections',
        '10 additional_fields',
      ],
      clickstream: [
        '1 event_time',
        '2 event_type',
        '3 product_id',
        '4 category_id',
        '5 category_code',
        '6 brand',
        '7 price',
        '8 user_id',
        '9 user_session',
        '10 order_id',
        '11 event_id',
        '12 occurred_at',
        '13 content_hash',
        '14 corrections',
        '15 additional_fields',
      ],
      order_events: [
        '1 event_id',
        '2 event_type',
        '3 schema_version',
        '4 order_id',
        '5 version',
        '6 occurred_at',
        '7 content_hash',
        '8 payload',
        '9 attributes',
        '10 message_id',
        '11 published_at',
        '12 received_at',
        '13 corrections',
        '14 worker_version',
        '15 delivery_attempt',
      ],
      dead_letters: [
        '1 event_id',
        '2 reason',
        '3 path',
        '4 expected',
        '5 got',
        '6 step',
        '7 sink',
        '8 attempts',
        '9 payload',
        '10 attributes',
        '11 message_id',
        '12 published_at',
        '13 received_at',
      ],
    });
  });
});

describe('every table', () => {
  it.each(all.map((table) => [table.name, table] as const))(
    '%s has a key and a partition among its required columns, and clusters among all',
    (_, table) => {
      const required = table.columns.filter((c) => c.required).map((c) => c.name);
      expect(required).toEqual(expect.arrayContaining([...table.key, table.partitionBy]));
      expect(table.columns.map((c) => c.name)).toEqual(expect.arrayContaining([...(table.clusterBy ?? [])]));
      expect(table.columns.find((c) => c.name === table.partitionBy)?.type).toBe('instant');
    },
  );

  it.each(all.map((table) => [table.name, table] as const))(
    '%s is the same set of columns in BigQuery, Iceberg and on the wire',
    (_, table) => {
      const columns = table.columns.map((c) => c.name);
      expect(bigquerySchema(table).map((f) => f.name)).toEqual(columns);
      expect(icebergSchema(table).fields.map((f) => f.name)).toEqual(columns);
      const change = table.kind === 'upsert' ? ['_CHANGE_TYPE', '_CHANGE_SEQUENCE_NUMBER'] : [];
      expect(rowDescriptor(table).field.map((f) => f.name)).toEqual([...columns, ...change]);
    },
  );
});

describe('who wins for a key', () => {
  const at = (micros: number) => micros as Instant;
  const ascending = [
    { version: 1, occurredAt: at(5), contentHash: 'ffffffffffffffff' },
    { version: 2, occurredAt: at(1), contentHash: '0000000000000000' },
    { version: 2, occurredAt: at(9), contentHash: '0a00000000000000' },
    { version: 2, occurredAt: at(9), contentHash: 'a000000000000000' },
    { version: 2, occurredAt: at(10), contentHash: '0000000000000000' },
    { version: 10, occurredAt: at(1), contentHash: '0000000000000000' },
  ];

  it('is the higher version, then the later one, then the higher hash; the change sequence sorts alike', () => {
    for (const [i, a] of ascending.entries())
      for (const [j, b] of ascending.entries()) {
        expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(i - j));
        expect(changeSequence(a) < changeSequence(b)).toBe(i < j);
      }
  });

  it('has a sequence of three sections of 16 hexadecimal digits, as BigQuery asks', () => {
    for (const version of ascending)
      expect(changeSequence(version)).toMatch(/^[0-9A-F]{16}(\/[0-9A-F]{16}){2}$/);
  });
});
