// The locale alone: all of faker's take 60 MB and half a second.
import { faker } from '@faker-js/faker/locale/pt_BR';
import { type Place, placeIn, type State, stateNames } from './geography.ts';
import { Random } from './random.ts';

const towns = 600;
const placesOfLargest = 1_200;
const townSeed = 0x746f776e;

/** Where people live: made once per seed, because naming a town takes faker longer than an order takes us. */
export class Towns {
  private readonly names: [string, ...string[]];
  private readonly places: ReadonlyMap<State, readonly [Place, ...Place[]]>;

  constructor(seed: number) {
    const random = new Random().restart(seed ^ townSeed, 0);
    faker.seed(random.between(0, 0x7fffffff));
    this.names = [townName(random)];
    while (this.names.length < towns) this.names.push(townName(random));
    this.places = new Map(stateNames.map((state, rank) => [state, this.placesOf(state, rank, random)]));
  }

  place(state: State, random: Random): Place {
    return placeIn(state, random, () => random.pick(this.names));
  }

  /** The places of a state where buyers live. */
  buyersOf(state: State): readonly [Place, ...Place[]] {
    return this.places.get(state) as [Place, ...Place[]];
  }

  private placesOf(state: State, rank: number, random: Random): [Place, ...Place[]] {
    const places: [Place, ...Place[]] = [this.place(state, random)];
    while (places.length < placesOfLargest / (rank + 1)) places.push(this.place(state, random));
    return places;
  }
}

/** As Olist writes cities, lower case and without accents; a few shops keep the accents. */
function townName(random: Random): string {
  const name = faker.location.city().toLowerCase();
  return random.chance(0.1) ? name : name.normalize('NFD').replace(/\p{M}/gu, '');
}
