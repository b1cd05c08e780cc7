// Written by `orderlake contract generate` from the fields of the contract; not to be edited.
import type { Click } from '../click-fields.ts';
import type { Customer, Product, Seller } from '../dimension-fields.ts';
import type { Order, OrderItem, OrderPayment } from '../order-fields.ts';
import type { PlainEnvelope } from '../plain-envelope.ts';
import { choicesOf, keyOf } from '../plain-keys.ts';
import type { PlainScan } from '../plain-scan.ts';

const choices0 = choicesOf(["order.placed","order.status_changed","customer.changed","product.changed","seller.changed","clickstream"]);
const choices1 = choicesOf(["created","approved","invoiced","processing","shipped","delivered","unavailable","canceled"]);
const choices2 = choicesOf(["AC","AL","AM","AP","BA","CE","DF","ES","GO","MA","MG","MS","MT","PA","PB","PE","PI","PR","RJ","RN","RO","RR","RS","SC","SE","SP","TO"]);
const choices3 = choicesOf(["credit_card","boleto","voucher","debit_card","not_defined"]);
const choices4 = choicesOf(["view","cart","remove_from_cart","purchase"]);

const keyEnvelope0 = keyOf('{', 'event_id');
const keyEnvelope1 = keyOf(',', 'event_type');
const keyEnvelope2 = keyOf(',', 'schema_version');
const keyEnvelope3 = keyOf(',', 'occurred_at');

export function readEnvelope(scan: PlainScan): PlainEnvelope {
  const event_id = scan.string(keyEnvelope0, 128);
  const event_type = scan.choice(keyEnvelope1, choices0);
  const schema_version = scan.integer(keyEnvelope2, 1);
  const occurred_at = scan.instant(keyEnvelope3);
  return { event_id, event_type, schema_version, occurred_at };
}

const keyOrder0 = keyOf('{', 'order_id');
const keyOrder1 = keyOf(',', 'customer_id');
const keyOrder2 = keyOf(',', 'order_status');
const keyOrder3 = keyOf(',', 'order_purchase_timestamp');
const keyOrder4 = keyOf(',', 'order_approved_at');
const keyOrder5 = keyOf(',', 'order_delivered_carrier_date');
const keyOrder6 = keyOf(',', 'order_delivered_customer_date');
const keyOrder7 = keyOf(',', 'order_estimated_delivery_date');
const keyOrder8 = keyOf(',', 'customer_unique_id');
const keyOrder9 = keyOf(',', 'customer_zip_code_prefix');
const keyOrder10 = keyOf(',', 'customer_city');
const keyOrder11 = keyOf(',', 'customer_state');
const keyOrder12 = keyOf(',', 'version');

export function readOrder(scan: PlainScan): Order {
  const order_id = scan.ownerString(keyOrder0, 64);
  const customer_id = scan.string(keyOrder1, 64);
  const order_status = scan.choice(keyOrder2, choices1);
  const order_purchase_timestamp = scan.instant(keyOrder3);
  const order_approved_at = scan.optionalInstant(keyOrder4);
  const order_delivered_carrier_date = scan.optionalInstant(keyOrder5);
  const order_delivered_customer_date = scan.optionalInstant(keyOrder6);
  const order_estimated_delivery_date = scan.optionalInstant(keyOrder7);
  const customer_unique_id = scan.string(keyOrder8, 64);
  const customer_zip_code_prefix = scan.digits(keyOrder9, 5);
  const customer_city = scan.string(keyOrder10, 200);
  const customer_state = scan.choice(keyOrder11, choices2);
  const version = scan.integer(keyOrder12, 1);
  scan.close();
  return { order_id, customer_id, order_status, order_purchase_timestamp, order_approved_at, order_delivered_carrier_date, order_delivered_customer_date, order_estimated_delivery_date, customer_unique_id, customer_zip_code_prefix, customer_city, customer_state, version };
}

const keyItem0 = keyOf('{', 'order_id');
const keyItem1 = keyOf(',', 'order_item_id');
const keyItem2 = keyOf(',', 'product_id');
const keyItem3 = keyOf(',', 'seller_id');
const keyItem4 = keyOf(',', 'shipping_limit_date');
const keyItem5 = keyOf(',', 'price');
const keyItem6 = keyOf(',', 'freight_value');

export function readItem(scan: PlainScan): OrderItem {
  const order_id = scan.repeatedString(keyItem0);
  const order_item_id = scan.integer(keyItem1, 1);
  const product_id = scan.string(keyItem2, 64);
  const seller_id = scan.string(keyItem3, 64);
  const shipping_limit_date = scan.instant(keyItem4);
  const price = scan.money(keyItem5);
  const freight_value = scan.money(keyItem6);
  scan.close();
  return { order_id, order_item_id, product_id, seller_id, shipping_limit_date, price, freight_value };
}

const keyPayment0 = keyOf('{', 'order_id');
const keyPayment1 = keyOf(',', 'payment_sequential');
const keyPayment2 = keyOf(',', 'payment_type');
const keyPayment3 = keyOf(',', 'payment_installments');
const keyPayment4 = keyOf(',', 'payment_value');

export function readPayment(scan: PlainScan): OrderPayment {
  const order_id = scan.repeatedString(keyPayment0);
  const payment_sequential = scan.integer(keyPayment1, 1);
  const payment_type = scan.choice(keyPayment2, choices3);
  const payment_installments = scan.integer(keyPayment3, 0);
  const payment_value = scan.money(keyPayment4);
  scan.close();
  return { order_id, payment_sequential, payment_type, payment_installments, payment_value };
}

const keyCustomer0 = keyOf('{', 'customer_unique_id');
const keyCustomer1 = keyOf(',', 'customer_id');
const keyCustomer2 = keyOf(',', 'customer_zip_code_prefix');
const keyCustomer3 = keyOf(',', 'customer_city');
const keyCustomer4 = keyOf(',', 'customer_state');
const keyCustomer5 = keyOf(',', 'version');

export function readCustomer(scan: PlainScan): Customer {
  const customer_unique_id = scan.string(keyCustomer0, 64);
  const customer_id = scan.optionalString(keyCustomer1, 64);
  const customer_zip_code_prefix = scan.digits(keyCustomer2, 5);
  const customer_city = scan.string(keyCustomer3, 200);
  const customer_state = scan.choice(keyCustomer4, choices2);
  const version = scan.integer(keyCustomer5, 1);
  scan.close();
  return { customer_unique_id, customer_id, customer_zip_code_prefix, customer_city, customer_state, version };
}

const keyProduct0 = keyOf('{', 'product_id');
const keyProduct1 = keyOf(',', 'product_category_name');
const keyProduct2 = keyOf(',', 'product_name_lenght');
const keyProduct3 = keyOf(',', 'product_description_lenght');
const keyProduct4 = keyOf(',', 'product_photos_qty');
const keyProduct5 = keyOf(',', 'product_weight_g');
const keyProduct6 = keyOf(',', 'product_length_cm');
const keyProduct7 = keyOf(',', 'product_height_cm');
const keyProduct8 = keyOf(',', 'product_width_cm');
const keyProduct9 = keyOf(',', 'version');

export function readProduct(scan: PlainScan): Product {
  const product_id = scan.string(keyProduct0, 64);
  const product_category_name = scan.optionalString(keyProduct1, 200);
  const product_name_lenght = scan.optionalInteger(keyProduct2, 0);
  const product_description_lenght = scan.optionalInteger(keyProduct3, 0);
  const product_photos_qty = scan.optionalInteger(keyProduct4, 0);
  const product_weight_g = scan.optionalInteger(keyProduct5, 0);
  const product_length_cm = scan.optionalInteger(keyProduct6, 0);
  const product_height_cm = scan.optionalInteger(keyProduct7, 0);
  const product_width_cm = scan.optionalInteger(keyProduct8, 0);
  const version = scan.integer(keyProduct9, 1);
  scan.close();
  return { product_id, product_category_name, product_name_lenght, product_description_lenght, product_photos_qty, product_weight_g, product_length_cm, product_height_cm, product_width_cm, version };
}

const keySeller0 = keyOf('{', 'seller_id');
const keySeller1 = keyOf(',', 'seller_zip_code_prefix');
const keySeller2 = keyOf(',', 'seller_city');
const keySeller3 = keyOf(',', 'seller_state');
const keySeller4 = keyOf(',', 'version');

export function readSeller(scan: PlainScan): Seller {
  const seller_id = scan.string(keySeller0, 64);
  const seller_zip_code_prefix = scan.digits(keySeller1, 5);
  const seller_city = scan.string(keySeller2, 200);
  const seller_state = scan.choice(keySeller3, choices2);
  const version = scan.integer(keySeller4, 1);
  scan.close();
  return { seller_id, seller_zip_code_prefix, seller_city, seller_state, version };
}

const keyClick0 = keyOf('{', 'event_time');
const keyClick1 = keyOf(',', 'event_type');
const keyClick2 = keyOf(',', 'product_id');
const keyClick3 = keyOf(',', 'category_id');
const keyClick4 = keyOf(',', 'category_code');
const keyClick5 = keyOf(',', 'brand');
const keyClick6 = keyOf(',', 'price');
const keyClick7 = keyOf(',', 'user_id');
const keyClick8 = keyOf(',', 'user_session');
const keyClick9 = keyOf(',', 'order_id');

export function readClick(scan: PlainScan): Click {
  const event_time = scan.instant(keyClick0);
  const event_type = scan.choice(keyClick1, choices4);
  const product_id = scan.string(keyClick2, 64);
  const category_id = scan.optionalString(keyClick3, 64);
  const category_code = scan.optionalString(keyClick4, 200);
  const brand = scan.optionalString(keyClick5, 200);
  const price = scan.money(keyClick6);
  const user_id = scan.string(keyClick7, 64);
  const user_session = scan.optionalString(keyClick8, 64);
  const order_id = scan.optionalString(keyClick9, 64);
  scan.close();
  return { event_time, event_type, product_id, category_id, category_code, brand, price, user_id, user_session, order_id };
}
