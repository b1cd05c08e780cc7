import type { Row } from './tables.ts';

/** What a row carries besides the columns of its part. */
export type Carried = Pick<
  Row<'orders'>,
  'event_id' | 'version' | 'occurred_at' | 'content_hash' | 'corrections' | 'additional_fields'
>;
