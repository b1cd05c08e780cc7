import { faker } from '@faker-js/faker/locale/pt_BR';
import { type Place, somewhere } from './geography.ts';
import { Random } from './random.ts';
import { Weighted } from './weighted.ts';

export interface Customer extends Place {
  readonly id: string;
}

export interface Seller extends Place {
  readonly id: string;
}

export interface Product {
  readonly id: string;
  readonly category: string;
  readonly seller: Seller;
  readonly cents: number;
}

export interface Population {
  readonly customers: readonly [Customer, ...Customer[]];
  readonly products: readonly [Product, ...Product[]];
}

/** Olist's largest categories: share of the lines sold, and the median price in BRL. */
const categories = new Weighted([
  [['cama_mesa_banho', 80], 111],
  [['beleza_saude', 79], 97],
  [['esporte_lazer', 78], 86],
  [['moveis_decoracao', 70], 83],
  [['informatica_acessorios', 82], 78],
  [['utilidades_domesticas', 65], 70],
  [['relogios_presentes', 125], 60],
  [['telefonia', 30], 45],
  [['ferramentas_jardim', 60], 43],
  [['automotivo', 86], 42],
  [['brinquedos', 80], 41],
  [['cool_stuff', 110], 38],
  [['perfumaria', 90], 34],
  [['bebes', 85], 31],
  [['eletronicos', 35], 28],
  [['papelaria', 58], 25],
  [['fashion_bolsas_e_acessorios', 50], 20],
  [['pet_shop', 70], 19],
  [['moveis_escritorio', 140], 17],
  [['consoles_games', 60], 11],
  [['malas_acessorios', 85], 11],
  [['eletrodomesticos', 250], 8],
  [['livros_interesse_geral', 57], 6],
  [['pcs', 1100], 2],
] as const);

const sizes = { customers: 8_000, sellers: 500, products: 3_000, towns: 600 };

/** The people and goods of the shop, made once per seed: the orders only choose among them. */
export function populate(seed: number): Population {
  const random = new Random().restart(seed, -1);
  faker.seed(random.between(0, 0x7fffffff));
  const towns = many(sizes.towns, () => townName(random));
  const town = () => random.pick(towns);
  const sellers = many(sizes.sellers, () => ({
    id: random.identifier(),
    ...somewhere('sellers', random, town),
  }));
  return {
    customers: many(sizes.customers, () => ({
      id: random.identifier(),
      ...somewhere('buyers', random, town),
    })),
    products: many(sizes.products, () => product(random, random.pick(sellers))),
  };
}

function product(random: Random, seller: Seller): Product {
  const [category, median] = categories.pick(random);
  const cents = Math.round(median * 100 * Math.exp(random.bell() * 0.7));
  // Shops end their prices in 90 or 99.
  const price = Math.max(Math.floor(cents / 100), 4) * 100 + (random.chance(0.6) ? 90 : 99);
  return { id: random.identifier(), category, seller, cents: price };
}

function many<T>(count: number, make: () => T): [T, ...T[]] {
  const made: [T, ...T[]] = [make()];
  while (made.length < count) made.push(make());
  return made;
}

/** As Olist writes cities, lower case and without accents; a few shops keep the accents. */
function townName(random: Random): string {
  const name = faker.location.city().toLowerCase();
  return random.chance(0.1) ? name : name.normalize('NFD').replace(/\p{M}/gu, '');
}
