import { statesBy } from './geography.ts';
import { type Id, Random } from './random.ts';
import type { Home, Towns } from './towns.ts';

/** A person. */
export interface Customer {
  readonly index: number;
  readonly id: Id;
  readonly place: Home;
  /** 2 after a move. */
  readonly version: number;
}

/** People who had signed up before the first order: the shop opens with a list of friends. */
export const founders = 250;
/** Of a hundred orders so many are the first of somebody, who signed up in the session that led to it. */
const newcomersPerHundred = 72;
/** One person in so many moves house, so many orders of the shop after signing up. */
const peoplePerMover = 25;
const ordersUntilMove = 3_000;
/** One person in so many buys all the time. */
const peoplePerPowerBuyer = 20;
/** Of the orders that are not a first one, so many are power buyers': with their own first ones, 17 % of all. */
const powerShare = 0.5;
const customerSeed = 0x63757374;
const buyerStates = statesBy('buyers');

/** Who buys. The list of people grows with the orders; person N is a pure function of seed and N. */
export class Customers {
  private readonly seed: number;
  private readonly towns: Towns;
  private readonly draws = new Random();

  constructor(seed: number, towns: Towns) {
    this.seed = seed ^ customerSeed;
    this.towns = towns;
  }

  /** How many people there are when order N is placed. */
  static signedUp(order: number): number {
    return founders + Math.floor((order * newcomersPerHundred) / 100);
  }

  /** The order is the first of somebody who signed up for it. */
  static isFirst(order: number): boolean {
    return Customers.signedUp(order + 1) > Customers.signedUp(order);
  }

  static isPowerBuyer(index: number): boolean {
    return index % peoplePerPowerBuyer === 0;
  }

  /** Who places order N, by index. */
  static buyerOf(order: number, random: Random): number {
    const people = Customers.signedUp(order);
    if (Customers.isFirst(order)) return people;
    if (random.chance(powerShare))
      return peoplePerPowerBuyer * random.between(0, Math.floor((people - 1) / peoplePerPowerBuyer));
    return random.between(0, people - 1);
  }

  /** Who moves house just before order N is placed, by index. */
  static moverBefore(order: number): number | undefined {
    const signUp = order - ordersUntilMove;
    if (signUp < 0 || !Customers.isFirst(signUp)) return undefined;
    const index = Customers.signedUp(signUp);
    return isMover(index) ? index : undefined;
  }

  /** The person as of order N. */
  customer(index: number, order: number): Customer {
    const moved = isMover(index) && order >= signUpOrder(index) + ordersUntilMove;
    return this.person(index, moved ? 2 : 1);
  }

  person(index: number, version: number): Customer {
    const draws = this.draws.restart(this.seed, index);
    const id = draws.id();
    // The second draw is another home, in another state perhaps.
    if (version > 1) draws.restart(this.seed ^ 1, index);
    const place = draws.pick(this.towns.buyersOf(buyerStates.pick(draws)));
    return { index, id, place, version };
  }
}

/** Founders stay where they are: when they signed up is not known. */
function isMover(index: number): boolean {
  return index >= founders && index % peoplePerMover === 7;
}

/** The order for which somebody signed up: the smallest N with signedUp(N + 1) > index. */
function signUpOrder(index: number): number {
  return Math.ceil(((index - founders + 1) * 100) / newcomersPerHundred) - 1;
}
