import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type Customer,
  type Order,
  type OrderItem,
  type OrderPayment,
  orderStatuses,
  type Product,
  paymentTypes,
  type Seller,
} from '../contracts/index.ts';
import { SetupError } from '../runtime/index.ts';
import { BytesRead } from './bytes-read.ts';
import { BadRow, Cells } from './csv-cells.ts';
import { csvRows } from './csv-input.ts';
import { type OlistTable, olistTables } from './olist-tables.ts';
import type { Rejects } from './rejects.ts';

type OrderRow = Omit<Order, 'version' | `customer_${'unique_id' | 'zip_code_prefix' | 'city' | 'state'}`>;
type Dimension<T> = Omit<T, 'version'>;

/** The data set in memory: of the full one some 100 MB. */
export interface OlistData {
  readonly orders: readonly OrderRow[];
  readonly items: ReadonlyMap<string, readonly OrderItem[]>;
  readonly payments: ReadonlyMap<string, readonly OrderPayment[]>;
  readonly customers: ReadonlyMap<string, Dimension<Customer>>;
  readonly sellers: ReadonlyMap<string, Dimension<Seller>>;
  readonly products: ReadonlyMap<string, Dimension<Product>>;
  /** Rows read, by file. */
  readonly rows: Readonly<Record<string, number>>;
}

const tablesRead = ['orders', 'items', 'payments', 'customers', 'sellers', 'products'] as const;

/** Reads the files of the data set, each plain or with .gz; what cannot be read goes to the rejects. */
export async function readOlist(
  folder: string,
  rejects: Rejects,
  told?: (share: number) => void,
): Promise<OlistData> {
  const rows: Record<string, number> = {};
  const paths = new Map(tablesRead.map((table) => [table, pathOf(folder, olistTables[table].file)]));
  const bytes = new BytesRead([...paths.values()], told);
  const read = async (table: (typeof tablesRead)[number], take: (cells: Cells) => void) => {
    const path = paths.get(table) ?? pathOf(folder, olistTables[table].file);
    rows[olistTables[table].file] = await readTable(path, table, { rejects, bytes }, take);
  };
  const orders: OrderRow[] = [];
  await read('orders', (cells) => orders.push(orderOf(cells)));
  const items = new Map<string, OrderItem[]>();
  await read('items', (cells) => addTo(items, itemOf(cells)));
  const payments = new Map<string, OrderPayment[]>();
  await read('payments', (cells) => addTo(payments, paymentOf(cells)));
  const customers = new Map<string, Dimension<Customer>>();
  await read('customers', (cells) => customers.set(cells.text('customer_id'), customerOf(cells)));
  const sellers = new Map<string, Dimension<Seller>>();
  await read('sellers', (cells) => sellers.set(cells.text('seller_id'), sellerOf(cells)));
  const products = new Map<string, Dimension<Product>>();
  await read('products', (cells) => products.set(cells.text('product_id'), productOf(cells, rejects)));
  return { orders, items, payments, customers, sellers, products, rows };
}

async function readTable(
  path: string,
  table: OlistTable,
  { rejects, bytes }: { readonly rejects: Rejects; readonly bytes: BytesRead },
  take: (cells: Cells) => void,
): Promise<number> {
  let cells: Cells | undefined;
  let width = 0;
  let rows = 0;
  for await (const batch of csvRows(path, bytes)) {
    for (const row of batch) {
      if (cells === undefined) {
        cells = new Cells(headerOf(path, row.cells, olistTables[table].columns), rejects);
        width = row.cells.length;
        continue;
      }
      rows++;
      try {
        if (row.torn || row.cells.length !== width)
          throw new BadRow(row.torn ? 'torn row' : `${row.cells.length} cells instead of ${width}`);
        take(cells.of(row.cells));
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        rejects.reject(basename(path), row.line, error.message, row.cells);
      }
    }
  }
  return rows;
}

function pathOf(folder: string, file: string): string {
  const found = [file, `${file}.gz`].map((name) => join(folder, name)).find(existsSync);
  if (found !== undefined) return found;
  throw new SetupError(`the data set lacks a file`, {
    expected: `${file} or ${file}.gz in ${folder}`,
    got: 'neither',
    action: 'Download olistbr/brazilian-ecommerce from Kaggle, or write one: generate --format olist-csv',
  });
}

function headerOf(
  path: string,
  cells: readonly string[],
  expected: readonly string[],
): ReadonlyMap<string, number> {
  const columns = new Map(cells.map((cell, index) => [cell.trim().toLowerCase(), index]));
  const missing = expected.filter((column) => !columns.has(column));
  if (missing.length === 0) return columns;
  throw new SetupError(`${path} is not the file of the data set`, {
    expected: `the columns ${expected.join(', ')}`,
    got: cells.join(', ').slice(0, 200),
  });
}

function orderOf(cells: Cells): OrderRow {
  return {
    order_id: cells.text('order_id'),
    customer_id: cells.text('customer_id'),
    order_status: cells.choice('order_status', orderStatuses),
    order_purchase_timestamp: cells.moment('order_purchase_timestamp'),
    order_approved_at: cells.optionalMoment('order_approved_at'),
    order_delivered_carrier_date: cells.optionalMoment('order_delivered_carrier_date'),
    order_delivered_customer_date: cells.optionalMoment('order_delivered_customer_date'),
    order_estimated_delivery_date: cells.optionalMoment('order_estimated_delivery_date'),
  };
}

function itemOf(cells: Cells): OrderItem {
  return {
    order_id: cells.text('order_id'),
    order_item_id: cells.count('order_item_id'),
    product_id: cells.text('product_id'),
    seller_id: cells.text('seller_id'),
    shipping_limit_date: cells.moment('shipping_limit_date'),
    price: cells.money('price'),
    freight_value: cells.money('freight_value'),
  };
}

function paymentOf(cells: Cells): OrderPayment {
  return {
    order_id: cells.text('order_id'),
    payment_sequential: cells.count('payment_sequential'),
    payment_type: cells.choice('payment_type', paymentTypes),
    payment_installments: cells.count('payment_installments'),
    payment_value: cells.money('payment_value'),
  };
}

function customerOf(cells: Cells): Dimension<Customer> {
  return {
    customer_unique_id: cells.text('customer_unique_id'),
    customer_id: cells.text('customer_id'),
    customer_zip_code_prefix: cells.zipPrefix('customer_zip_code_prefix'),
    customer_city: cells.text('customer_city'),
    customer_state: cells.state('customer_state'),
  };
}

function sellerOf(cells: Cells): Dimension<Seller> {
  return {
    seller_id: cells.text('seller_id'),
    seller_zip_code_prefix: cells.zipPrefix('seller_zip_code_prefix'),
    seller_city: cells.text('seller_city'),
    seller_state: cells.state('seller_state'),
  };
}

function productOf(cells: Cells, rejects: Rejects): Dimension<Product> {
  const category = cells.optional('product_category_name');
  if (category === null) rejects.count('product without category');
  return {
    product_id: cells.text('product_id'),
    product_category_name: category,
    product_name_lenght: cells.optionalCount('product_name_lenght'),
    product_description_lenght: cells.optionalCount('product_description_lenght'),
    product_photos_qty: cells.optionalCount('product_photos_qty'),
    product_weight_g: cells.optionalCount('product_weight_g'),
    product_length_cm: cells.optionalCount('product_length_cm'),
    product_height_cm: cells.optionalCount('product_height_cm'),
    product_width_cm: cells.optionalCount('product_width_cm'),
  };
}

function addTo<T extends { readonly order_id: string }>(map: Map<string, T[]>, entry: T): void {
  const list = map.get(entry.order_id);
  if (list === undefined) map.set(entry.order_id, [entry]);
  else list.push(entry);
}
