import type { Product, Seller } from './catalogue.ts';
import { categories } from './categories.ts';
import type { OrderState } from './order-state.ts';
import { scrambled } from './random.ts';

/**
 * What is wrong with the data set, at the rates it has there: each a pure function of a number, so that a reader's
 * count of faults can be told in advance.
 */
function drawn(number: number, fault: number, oneIn: number): boolean {
  return (scrambled(scrambled(number) ^ Math.imul(fault, 0x9e3779b1)) >>> 0) % oneIn === 0;
}

const minute = 60_000_000;

export const orderFaults = {
  /** 775 of 99,441. */
  withoutItems: (order: number) => drawn(order, 1, 128),
  /** One there; its number says which, so that small files have it too. */
  withoutPayment: (order: number) => order % 100_000 === 17,
  /** Three there. */
  notDefined: (order: number) => drawn(order, 2, 30_000) || order === 23,
  /** A few hundred. */
  misses: (order: number) => drawn(order, 3, 330),
  sequenceGap: (order: number) => drawn(order, 4, 1_200),
  noInstalments: (order: number) => drawn(order, 5, 40_000) || order === 29,
  zeroVoucher: (order: number) => drawn(order, 6, 16_000) || order === 31,
};

/** Dates that contradict one another, and one that is missing. */
export function faultyDates(state: OrderState, order: number): OrderState {
  const { status, carrier, delivered, approved } = state;
  if (status === 'delivered' && (drawn(order, 7, 12_000) || order % 5_000 === 3))
    return { ...state, delivered: null };
  if (carrier !== null && drawn(order, 8, 75)) return { ...state, approved: carrier + 90 * minute };
  if (carrier !== null && delivered !== null && drawn(order, 9, 4_200))
    return { ...state, carrier: delivered + 60 * minute };
  return approved === null ? state : { ...state };
}

const untranslated = ['pc_gamer', 'portateis_cozinha_e_preparadores_de_alimentos'] as const;

/** Null for 610 of 32,951; two categories that the translation does not know. */
export function categoryOf({ index, category }: Product): string | null {
  if (index === 5 || drawn(index, 10, 10_000)) return untranslated[0];
  if (index === 6 || drawn(index, 11, 3_300)) return untranslated[1];
  return index === 7 || drawn(index, 12, 54) ? null : (categories[category]?.name ?? null);
}

const oddCities = [
  'sp / sp',
  'rua das flores, 120, sao paulo',
  'vendas@loja-exemplo.example',
  'rio de janeiro / rio de janeiro',
];

export function sellerCityOf({ index, city }: Seller): string {
  return index % 70 === 4 ? (oddCities[Math.floor(index / 70) % oddCities.length] ?? city) : city;
}
