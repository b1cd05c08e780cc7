import type { Day } from './calendar.ts';
import { categories, categoriesByMonth } from './categories.ts';
import { type Place, stateNames, statesBy } from './geography.ts';
import { priceSpread } from './quantiles.ts';
import { idText, Random } from './random.ts';
import type { Towns } from './towns.ts';

export interface Seller extends Place {
  readonly id: string;
  readonly index: number;
  /** Position of the state in `stateNames`. */
  readonly stateIndex: number;
}

export interface Product {
  readonly id: string;
  readonly index: number;
  /** Position in `categories`. */
  readonly category: number;
  readonly seller: Seller;
  /** List price in cents. */
  readonly cents: number;
  readonly grams: number;
  readonly photos: number;
  readonly nameLength: number;
  /** Of the parcel: length, height, width. */
  readonly centimetres: readonly [number, number, number];
}

const foundingProducts = 2_000;
const foundingSellers = 300;
export const productsPerDay = 3;
/** Every so many products, a new seller comes with the next one. */
const productsPerSeller = 8;
const productSeed = 0x70726f64;
const sellerSeed = 0x73656c6c;

/**
 * What the shop sells: product N is a pure function of seed and N. There are some thousands on the opening day
 * and three more every day; what was made is kept, since orders choose among the same ones again and again.
 */
export class Catalogue {
  private readonly seed: number;
  private readonly towns: Towns;
  private readonly products: Product[] = [];
  private readonly sellers: Seller[] = [];
  private readonly founding: readonly Product[][];
  private readonly expensive: readonly [Product, ...Product[]];

  constructor(seed: number, towns: Towns) {
    this.seed = seed;
    this.towns = towns;
    this.founding = categories.map(() => []);
    for (let index = 0; index < foundingProducts; index++) {
      const product = this.product(index);
      this.founding[product.category]?.push(product);
    }
    const [dearest, ...others] = this.products.toSorted((a, b) => b.cents - a.cents || a.index - b.index);
    this.expensive = [dearest ?? this.product(0), ...others.slice(0, foundingProducts / 20)];
  }

  /** How many products the shop has on a day. */
  static size(day: number): number {
    return foundingProducts + productsPerDay * day;
  }

  static sellersAt(day: number): number {
    return foundingSellers + Math.floor((productsPerDay * day) / productsPerSeller);
  }

  product(index: number): Product {
    for (let next = this.products.length; next <= index; next++) this.products.push(this.madeProduct(next));
    return this.products[index] as Product;
  }

  seller(index: number): Seller {
    for (let next = this.sellers.length; next <= index; next++) this.sellers.push(this.madeSeller(next));
    return this.sellers[index] as Seller;
  }

  /** A category in its season, then one of its products: a few sell most. New ones are a tenth of the sales. */
  pick(day: Day, random: Random): Product {
    const news = productsPerDay * day.index;
    if (news > 0 && random.chance(0.1)) return this.product(foundingProducts + random.between(0, news - 1));
    const list =
      this.founding[(categoriesByMonth[day.month] ?? categoriesByMonth[0])?.pick(random) ?? 0] ?? [];
    const fraction = random.fraction();
    return list[Math.floor(fraction * fraction * list.length)] ?? this.expensive[0];
  }

  pickExpensive(random: Random): Product {
    return random.pick(this.expensive);
  }

  private madeProduct(index: number): Product {
    const random = new Random().restart(this.seed ^ productSeed, index);
    const category = (categoriesByMonth[3] ?? categoriesByMonth[0])?.pick(random) ?? 0;
    const reais = Math.max(4, Math.floor((categories[category]?.median ?? 50) * priceSpread.draw(random)));
    const arrivals = Math.max(0, index - foundingProducts);
    return {
      id: idText(random.id()),
      index,
      category,
      seller: this.seller(random.between(0, foundingSellers + Math.floor(arrivals / productsPerSeller) - 1)),
      // Shops end their prices in 90 or 99.
      cents: reais * 100 + (random.chance(0.6) ? 90 : 99),
      grams: random.between(2, 120) * 50,
      photos: random.between(1, 6),
      nameLength: random.between(20, 64),
      centimetres: [random.between(16, 60), random.between(2, 40), random.between(11, 45)],
    };
  }

  private madeSeller(index: number): Seller {
    const random = new Random().restart(this.seed ^ sellerSeed, index);
    const id = idText(random.id());
    const state = sellerStates.pick(random);
    return { id, index, ...this.towns.place(state, random), stateIndex: stateNames.indexOf(state) };
  }
}

const sellerStates = statesBy('sellers');
