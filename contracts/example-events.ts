import type { EventType } from './events.ts';
import { exampleOrder } from './example-order.ts';

const { version: _, order_status: __, order_approved_at: ___, ...unchanged } = exampleOrder.order;

/** One message per event as the generator sends it, for the data dictionary and for tests. */
export const exampleEvents = {
  'order.placed': exampleOrder,
  'order.status_changed': {
    event_id: 'status-0001',
    event_type: 'order.status_changed',
    schema_version: 1,
    occurred_at: '2024-05-04T14:02:11Z',
    order: {
      ...unchanged,
      order_status: 'approved',
      order_approved_at: '2024-05-04T14:02:11Z',
      version: 2,
    },
  },
  'customer.changed': {
    event_id: 'customer-0001',
    event_type: 'customer.changed',
    schema_version: 1,
    occurred_at: '2024-05-04T13:21:40Z',
    customer: {
      customer_unique_id: '7c396fd4830fd04220f754e42b4e5bff',
      customer_id: null,
      customer_zip_code_prefix: '03149',
      customer_city: 'são paulo',
      customer_state: 'SP',
      version: 1,
    },
  },
  'product.changed': {
    event_id: 'product-0001',
    event_type: 'product.changed',
    schema_version: 1,
    occurred_at: '2024-03-01T09:00:00Z',
    product: {
      product_id: '87285b34884572647811a353c7ac498a',
      product_category_name: 'utilidades_domesticas',
      product_name_lenght: 40,
      product_description_lenght: 268,
      product_photos_qty: 4,
      product_weight_g: 500,
      product_length_cm: 19,
      product_height_cm: 8,
      product_width_cm: 13,
      version: 1,
    },
  },
  'seller.changed': {
    event_id: 'seller-0001',
    event_type: 'seller.changed',
    schema_version: 1,
    occurred_at: '2024-02-11T17:45:00Z',
    seller: {
      seller_id: '3504c0cb71d7fa48d967e0e4c94d59d9',
      seller_zip_code_prefix: '09350',
      seller_city: 'maua',
      seller_state: 'SP',
      version: 1,
    },
  },
  clickstream: {
    event_id: 'click-0001',
    event_type: 'clickstream',
    schema_version: 1,
    occurred_at: '2024-05-04T13:24:02.125Z',
    click: {
      event_time: '2024-05-04T13:24:02.125Z',
      event_type: 'cart',
      product_id: '87285b34884572647811a353c7ac498a',
      category_id: '2053013555631882655',
      category_code: 'furniture.kitchen',
      brand: null,
      price: '29.99',
      user_id: '7c396fd4830fd04220f754e42b4e5bff',
      user_session: '9d0e1c9a-4f7e-4b54-9a2f-6a4f3e8b8a11',
      order_id: null,
    },
  },
} as const satisfies {
  readonly [T in EventType]: { readonly event_type: T; readonly [key: string]: unknown };
};
