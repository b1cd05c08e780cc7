// The locale alone: all of faker's take 60 MB and half a second.
import { faker } from '@faker-js/faker/locale/pt_BR';
import { type Place, placeIn, type State, stateNames } from './geography.ts';
import { Random } from './random.ts';

const towns = 600;
const homesInLargest = 1_200;
const townSeed = 0x746f776e;

/** A place where a buyer may live. */
export interface Home extends Place {
  /** Among all homes. */
  readonly index: number;
  /** Position of the state in `stateNames`. */
  readonly stateIndex: number;
}

/** Where people live: made once per seed, because naming a town takes faker longer than an order takes us. */
export class Towns {
  private readonly names: [string, ...string[]];
  private readonly homes: ReadonlyMap<State, readonly [Home, ...Home[]]>;
  private count = 0;

  constructor(seed: number) {
    const random = new Random().restart(seed ^ townSeed, 0);
    faker.seed(random.between(0, 0x7fffffff));
    this.names = [townName(random)];
    while (this.names.length < towns) this.names.push(townName(random));
    this.homes = new Map(stateNames.map((state, rank) => [state, this.homesIn(state, rank, random)]));
  }

  place(state: State, random: Random): Place {
    return placeIn(state, random, () => random.pick(this.names));
  }

  /** The homes of a state. */
  buyersOf(state: State): readonly [Home, ...Home[]] {
    return this.homes.get(state) as [Home, ...Home[]];
  }

  private homesIn(state: State, rank: number, random: Random): [Home, ...Home[]] {
    const home = (): Home => ({ ...this.place(state, random), index: this.count++, stateIndex: rank });
    const homes: [Home, ...Home[]] = [home()];
    while (homes.length < homesInLargest / (rank + 1)) homes.push(home());
    return homes;
  }
}

/** As Olist writes cities, lower case and without accents; a few shops keep the accents. */
function townName(random: Random): string {
  const name = faker.location.city().toLowerCase();
  return random.chance(0.1) ? name : name.normalize('NFD').replace(/\p{M}/gu, '');
}
