import type { Field, ValuesOf } from './column.ts';
import { amount, choice, identifier, moment, optionalIdentifier, optionalLabel } from './field-kinds.ts';

export const clickTypes = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

/** What somebody did in the shop, in the words of the REES46 data set, and the order it ended in. */
export const clickFields = [
  { name: 'event_time', ...moment, required: true, fieldId: 1, description: 'When it was done.' },
  {
    name: 'event_type',
    ...choice,
    accepted: clickTypes,
    fieldId: 2,
    description: 'What was done.',
  },
  { name: 'product_id', ...identifier, fieldId: 3, description: 'With which product.' },
  {
    name: 'category_id',
    ...optionalIdentifier,
    fieldId: 4,
    description: 'Its category as the shop numbers it: 19 digits, kept as text.',
  },
  {
    name: 'category_code',
    ...optionalLabel,
    fieldId: 5,
    description: 'Its category in words, such as electronics.smartphone; often missing.',
  },
  { name: 'brand', ...optionalLabel, fieldId: 6, description: 'Its brand; often missing.' },
  { name: 'price', ...amount, fieldId: 7, description: 'What it cost at that moment.' },
  { name: 'user_id', ...identifier, fieldId: 8, description: 'Who did it: a customer_unique_id.' },
  {
    name: 'user_session',
    ...optionalIdentifier,
    fieldId: 9,
    description: 'The visit it belongs to; sometimes missing.',
  },
  {
    name: 'order_id',
    ...optionalIdentifier,
    fieldId: 10,
    description: 'For a purchase: the order that was placed, where it is known.',
  },
] as const satisfies readonly Field[];

export type Click = ValuesOf<typeof clickFields>;
