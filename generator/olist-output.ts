import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Instant, moneyText } from '../contracts/index.ts';
import type { Product, Seller } from './catalogue.ts';
import { categories } from './categories.ts';
import { type Cell, CsvOutput } from './csv-output.ts';
import type { Draft } from './draft.ts';
import { coordinatesOf, type Place, type State } from './geography.ts';
import { Lives } from './life.ts';
import { categoryOf, faultyDates, orderFaults, sellerCityOf } from './olist-faults.ts';
import { reviewOf } from './olist-reviews.ts';
import { type OlistTable, olistTables } from './olist-tables.ts';
import { type OrderState, stateOf } from './order-state.ts';
import { idText, Random, scrambled } from './random.ts';
import { shownText } from './sao-paulo-clock.ts';
import { Shop, type ShopOptions } from './shop.ts';

export interface OlistOptions extends ShopOptions {
  readonly folder: string;
  readonly orders: number;
  readonly firstOrder?: number;
  readonly from?: Instant;
  readonly to?: Instant;
  readonly signal?: AbortSignal;
  readonly onProgress?: (orders: number) => void;
}

export type OlistReport = { readonly [T in OlistTable]: number };

/**
 * Writes the shop as the nine files of the data set, its faults included (they are counted in olist-faults.ts),
 * so that batch loads can be tried without the original. Orders are as they stand at the end of their lives.
 */
export async function writeOlist(options: OlistOptions): Promise<OlistReport> {
  mkdirSync(options.folder, { recursive: true });
  const files = new OlistFiles(options);
  const { calendar } = files.shop;
  const { from, to = Number.POSITIVE_INFINITY } = options;
  const first = options.firstOrder ?? (from === undefined ? 0 : calendar.firstOrderFrom(from));
  for (let number = first; number < first + options.orders && !options.signal?.aborted; number++) {
    const purchase = files.shop.purchaseOf(number);
    if (purchase >= to) break;
    if (from === undefined || purchase >= from) files.order(number);
    if (number % 1_000 === 0) {
      options.onProgress?.(number - first);
      // Lets an interrupt be heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return files.close();
}

class OlistFiles {
  readonly shop: Shop;
  private readonly lives: Lives;
  private readonly files: { readonly [T in OlistTable]: CsvOutput };
  private readonly products = new Set<number>();
  private readonly sellers = new Set<number>();
  private readonly prefixes = new Set<string>();
  private reviewBefore = '';

  constructor(options: OlistOptions) {
    this.shop = new Shop(options);
    this.lives = new Lives(options.seed);
    const open = (table: OlistTable, prefix = '') =>
      new CsvOutput(join(options.folder, olistTables[table].file), olistTables[table].columns, prefix);
    this.files = {
      orders: open('orders'),
      items: open('items'),
      payments: open('payments'),
      reviews: open('reviews'),
      customers: open('customers'),
      sellers: open('sellers'),
      products: open('products'),
      geolocation: open('geolocation'),
      translation: open('translation', '\ufeff'),
    };
    for (const { name, english } of categories) this.files.translation.line(`${name},${english}`);
  }

  order(number: number): void {
    const draft = this.shop.order(number);
    const steps = this.lives.of(draft, this.shop.calendar.dayOfOrder(number));
    const state = faultyDates(stateOf(draft, steps, steps.length + 1), number);
    const { customer } = draft;
    const { zipPrefix, city, state: home } = customer.place;
    this.files.orders.row(orderCells(draft, state));
    this.files.customers.row([idText(draft.customerId), idText(customer.id), zipPrefix, city, home]);
    this.locate(customer.place);
    if (!orderFaults.withoutItems(number)) this.items(draft);
    if (!orderFaults.withoutPayment(number)) this.payments(draft);
    const review = reviewOf(this.shop.seed, draft, state, this.reviewBefore);
    if (review === undefined) return;
    this.files.reviews.row(review);
    this.reviewBefore = String(review[0]);
  }

  close(): OlistReport {
    const rows = Object.entries(this.files).map(([table, file]) => {
      file.close();
      return [table, file.rows];
    });
    return Object.fromEntries(rows) as OlistReport;
  }

  private items({ id, lines, shippingLimit }: Draft): void {
    for (const [index, { product, price, freight }] of lines.entries()) {
      this.product(product);
      const limit = clock(shippingLimit);
      const { seller } = product;
      this.files.items.row([
        idText(id),
        index + 1,
        product.id,
        seller.id,
        limit,
        moneyText(price),
        moneyText(freight),
      ]);
    }
  }

  private payments({ id, number, parts }: Draft): void {
    const order = idText(id);
    const gap = orderFaults.sequenceGap(number) ? 1 : 0;
    for (const [index, { type, instalments, value }] of parts.entries()) {
      const off = index === 0 && orderFaults.misses(number) ? 137 : 0;
      const count = orderFaults.noInstalments(number) ? 0 : instalments;
      this.files.payments.row([order, index + 1 + gap, type, count, moneyText(value + off)]);
    }
    if (orderFaults.zeroVoucher(number)) this.files.payments.row([order, 9, 'voucher', 1, '0.00']);
    if (orderFaults.notDefined(number)) this.files.payments.row([order, 10, 'not_defined', 1, '0.00']);
  }

  private product(product: Product): void {
    if (this.products.has(product.index)) return;
    this.products.add(product.index);
    const category = categoryOf(product);
    const { nameLength, photos, grams, centimetres } = product;
    const described = category === null ? [null, null, null] : [nameLength, nameLength * 16, photos];
    this.files.products.row([product.id, category, ...described, grams, ...centimetres]);
    this.seller(product.seller);
  }

  private seller(seller: Seller): void {
    if (this.sellers.has(seller.index)) return;
    this.sellers.add(seller.index);
    this.files.sellers.row([seller.id, seller.zipPrefix, sellerCityOf(seller), seller.state]);
    this.locate(seller);
  }

  /** Several points for a prefix, in several spellings; one in a thousand outside Brazil. */
  private locate({ zipPrefix, city, state }: Place): void {
    if (this.prefixes.has(zipPrefix)) return;
    this.prefixes.add(zipPrefix);
    const random = new Random().restart(this.shop.seed, scrambled(Number(zipPrefix)) >>> 0);
    const [latitude, longitude] = coordinatesOf(state);
    for (let left = random.between(2, 5); left > 0; left--) {
      const abroad = random.chance(0.001) || zipPrefix.endsWith('777');
      const point = abroad
        ? [41.15, -8.61]
        : [latitude + random.fraction() - 0.5, longitude + random.fraction() - 0.5];
      const spelling = random.chance(0.2) ? accented(city, state) : city;
      this.files.geolocation.line(`"${zipPrefix}",${point.join(',')},${spelling},${state}`);
    }
  }
}

function orderCells(draft: Draft, state: OrderState): Cell[] {
  const times = [draft.purchase, state.approved, state.carrier, state.delivered];
  const texts = times.map((time) => (time === null ? null : clock(time)));
  // A day is promised, written as its first second.
  const promised = `${clock(draft.estimated).slice(0, 10)} 00:00:00`;
  return [idText(draft.id), idText(draft.customerId), state.status, ...texts, promised];
}

function accented(city: string, state: State): string {
  if (city === 'sao paulo') return 'são paulo';
  return city === 'brasilia' || state === 'DF' ? 'brasília' : city.toUpperCase();
}

function clock(micros: number): string {
  return shownText(micros / 1_000);
}
