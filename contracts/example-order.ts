/** A message as the generator sends it, for the data dictionary and for tests. */
export const exampleOrder = {
  event_id: 'placed-0001',
  event_type: 'order.placed',
  schema_version: 1,
  occurred_at: '2024-05-04T13:30:05.25Z',
  order: {
    order_id: 'e481f51cbdc54678b7cc49136f2d6af7',
    customer_id: '9ef432eb6251297304e76186b10a928d',
    order_status: 'created',
    order_purchase_timestamp: '2024-05-04T13:30:00Z',
    order_approved_at: null,
    order_delivered_carrier_date: null,
    order_delivered_customer_date: null,
    order_estimated_delivery_date: '2024-05-24T03:00:00Z',
    customer_unique_id: '7c396fd4830fd04220f754e42b4e5bff',
    customer_zip_code_prefix: '03149',
    customer_city: 'são paulo',
    customer_state: 'SP',
    version: 1,
  },
  order_items: [
    {
      order_id: 'e481f51cbdc54678b7cc49136f2d6af7',
      order_item_id: 1,
      product_id: '87285b34884572647811a353c7ac498a',
      seller_id: '3504c0cb71d7fa48d967e0e4c94d59d9',
      shipping_limit_date: '2024-05-08T13:30:00Z',
      price: '29.99',
      freight_value: '8.72',
    },
  ],
  order_payments: [
    {
      order_id: 'e481f51cbdc54678b7cc49136f2d6af7',
      payment_sequential: 1,
      payment_type: 'credit_card',
      payment_installments: 1,
      payment_value: '18.12',
    },
    {
      order_id: 'e481f51cbdc54678b7cc49136f2d6af7',
      payment_sequential: 2,
      payment_type: 'voucher',
      payment_installments: 1,
      payment_value: '20.59',
    },
  ],
} as const;
