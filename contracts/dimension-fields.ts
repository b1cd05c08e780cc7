import type { Field, ValuesOf } from './column.ts';
import {
  brazilianStates,
  choice,
  identifier,
  label,
  optionalCount,
  optionalIdentifier,
  optionalLabel,
  versionField,
  zipPrefix,
} from './field-kinds.ts';

/** A person. Olist's customer_id is one per order, so it cannot be the key of somebody who moves house. */
export const customerColumns = [
  {
    name: 'customer_unique_id',
    ...identifier,
    fieldId: 1,
    description: 'The person, over all their orders.',
  },
  {
    name: 'customer_id',
    ...optionalIdentifier,
    fieldId: 2,
    description: 'The customer as of their latest order; null before the first.',
  },
  {
    name: 'customer_zip_code_prefix',
    ...zipPrefix,
    fieldId: 3,
    description: "The first five digits of the customer's postal code, leading zeros kept.",
  },
  {
    name: 'customer_city',
    ...label,
    fieldId: 4,
    description: "The customer's city, as spelt by the source.",
  },
  {
    name: 'customer_state',
    ...choice,
    accepted: brazilianStates,
    fieldId: 5,
    description: "The customer's state.",
  },
] as const satisfies readonly Field[];

/** The columns of olist_products_dataset, `lenght` spelt as there: the marts spell it right. */
export const productColumns = [
  { name: 'product_id', ...identifier, fieldId: 1, description: 'The product.' },
  {
    name: 'product_category_name',
    ...optionalLabel,
    fieldId: 2,
    description: 'Its category, in Portuguese; some products have none.',
  },
  {
    name: 'product_name_lenght',
    ...optionalCount,
    fieldId: 3,
    description: 'How many characters its name has.',
  },
  {
    name: 'product_description_lenght',
    ...optionalCount,
    fieldId: 4,
    description: 'How many characters its description has.',
  },
  {
    name: 'product_photos_qty',
    ...optionalCount,
    fieldId: 5,
    description: 'How many photos it is shown with.',
  },
  { name: 'product_weight_g', ...optionalCount, fieldId: 6, description: 'Its weight in grams.' },
  {
    name: 'product_length_cm',
    ...optionalCount,
    fieldId: 7,
    description: 'The length of its parcel in centimetres.',
  },
  {
    name: 'product_height_cm',
    ...optionalCount,
    fieldId: 8,
    description: 'The height of its parcel in centimetres.',
  },
  {
    name: 'product_width_cm',
    ...optionalCount,
    fieldId: 9,
    description: 'The width of its parcel in centimetres.',
  },
] as const satisfies readonly Field[];

export const sellerColumns = [
  { name: 'seller_id', ...identifier, fieldId: 1, description: 'The seller.' },
  {
    name: 'seller_zip_code_prefix',
    ...zipPrefix,
    fieldId: 2,
    description: "The first five digits of the seller's postal code, leading zeros kept.",
  },
  {
    name: 'seller_city',
    ...label,
    fieldId: 3,
    description: "The seller's city, as spelt by the source; streets and e-mail addresses occur.",
  },
  {
    name: 'seller_state',
    ...choice,
    accepted: brazilianStates,
    fieldId: 4,
    description: "The seller's state.",
  },
] as const satisfies readonly Field[];

export const customerFields = [
  ...customerColumns,
  { ...versionField, fieldId: 7 },
] as const satisfies readonly Field[];
export const productFields = [
  ...productColumns,
  { ...versionField, fieldId: 11 },
] as const satisfies readonly Field[];
export const sellerFields = [
  ...sellerColumns,
  { ...versionField, fieldId: 6 },
] as const satisfies readonly Field[];

export type Customer = ValuesOf<typeof customerFields>;
export type Product = ValuesOf<typeof productFields>;
export type Seller = ValuesOf<typeof sellerFields>;
