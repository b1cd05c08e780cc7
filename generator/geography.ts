import type { brazilianStates } from '../contracts/index.ts';
import type { Random } from './random.ts';
import { Weighted } from './weighted.ts';

export type State = (typeof brazilianStates)[number];

export interface Place {
  readonly zipPrefix: string;
  readonly city: string;
  readonly state: State;
}

type Zips = readonly [first: number, last: number];

interface StateFacts {
  /** Share of Olist's buyers and sellers, in per mille. */
  readonly buyers: number;
  readonly sellers: number;
  /** Five-digit postal prefixes, as the Correios assign them. */
  readonly zips: Zips;
  /** Of the capital: near enough for a distance. */
  readonly at: readonly [latitude: number, longitude: number];
  /** The capital first. */
  readonly cities: readonly [City, ...City[]];
}

type City = readonly [name: string, ...zips: Zips];

const states: { readonly [S in State]: StateFacts } = {
  SP: {
    ...facts(420, 597, 1000, 19999, -23.55, -46.63),
    cities: [
      ...([
        ['sao paulo', 1000, 5999],
        ['campinas', 13000, 13149],
        ['guarulhos', 7000, 7399],
      ] as const),
      ...([
        ['sao bernardo do campo', 9600, 9899],
        ['santo andre', 9000, 9299],
        ['osasco', 6000, 6299],
      ] as const),
      ...([
        ['santos', 11000, 11099],
        ['sao jose dos campos', 12200, 12249],
        ['sorocaba', 18000, 18109],
      ] as const),
      ...([
        ['ribeirao preto', 14000, 14109],
        ['jundiai', 13200, 13219],
        ['bauru', 17000, 17109],
      ] as const),
      ...([
        ['piracicaba', 13400, 13439],
        ['barueri', 6400, 6499],
        ['mogi das cruzes', 8700, 8899],
      ] as const),
    ],
  },
  RJ: {
    ...facts(129, 55, 20000, 28999, -22.91, -43.17),
    cities: [
      ...([
        ['rio de janeiro', 20000, 23799],
        ['niteroi', 24000, 24399],
        ['sao goncalo', 24400, 24799],
      ] as const),
      ...([
        ['duque de caxias', 25000, 25499],
        ['nova iguacu', 26000, 26299],
      ] as const),
      ...([
        ['petropolis', 25600, 25779],
        ['volta redonda', 27200, 27299],
      ] as const),
    ],
  },
  MG: {
    ...facts(117, 79, 30000, 39999, -19.92, -43.94),
    cities: [
      ...([
        ['belo horizonte', 30000, 31999],
        ['contagem', 32000, 32399],
        ['juiz de fora', 36000, 36109],
      ] as const),
      ...([
        ['uberlandia', 38400, 38415],
        ['betim', 32500, 32899],
        ['montes claros', 39400, 39409],
      ] as const),
    ],
  },
  RS: {
    ...facts(55, 41.7, 90000, 99999, -30.03, -51.23),
    cities: [
      ...([
        ['porto alegre', 90000, 91999],
        ['caxias do sul', 95000, 95124],
        ['canoas', 92000, 92449],
      ] as const),
      ...([
        ['pelotas', 96000, 96099],
        ['santa maria', 97000, 97119],
      ] as const),
    ],
  },
  PR: {
    ...facts(50.7, 112.8, 80000, 87999, -25.43, -49.27),
    cities: [
      ...([
        ['curitiba', 80000, 82999],
        ['londrina', 86000, 86109],
        ['maringa', 87000, 87099],
      ] as const),
      ...([
        ['ponta grossa', 84000, 84109],
        ['cascavel', 85800, 85824],
      ] as const),
    ],
  },
  SC: {
    ...facts(36.6, 61.4, 88000, 89999, -27.59, -48.55),
    cities: [
      ...([
        ['florianopolis', 88000, 88099],
        ['joinville', 89200, 89239],
        ['blumenau', 89000, 89099],
      ] as const),
      ...([
        ['itajai', 88300, 88319],
        ['criciuma', 88800, 88819],
      ] as const),
    ],
  },
  BA: {
    ...facts(34, 6, 40000, 48999, -12.97, -38.5),
    cities: [
      ['salvador', 40000, 42499],
      ['feira de santana', 44000, 44149],
      ['vitoria da conquista', 45000, 45149],
    ],
  },
  DF: { ...facts(21.5, 9.7, 70000, 72799, -15.79, -47.88), cities: [['brasilia', 70000, 72799]] },
  GO: {
    ...facts(20.3, 12.9, 73700, 76799, -16.69, -49.26),
    cities: [
      ['goiania', 74000, 74899],
      ['anapolis', 75000, 75159],
      ['aparecida de goiania', 74900, 74999],
    ],
  },
  ES: {
    ...facts(20, 7, 29000, 29999, -20.32, -40.34),
    cities: [
      ['vitoria', 29000, 29099],
      ['vila velha', 29100, 29129],
      ['serra', 29160, 29184],
    ],
  },
  PE: {
    ...facts(16.6, 2.9, 50000, 56999, -8.05, -34.88),
    cities: [
      ['recife', 50000, 52999],
      ['olinda', 53000, 53399],
      ['jaboatao dos guararapes', 54000, 54599],
    ],
  },
  CE: { ...facts(13.4, 4.2, 60000, 63999, -3.73, -38.52), cities: [['fortaleza', 60000, 61599]] },
  PA: { ...facts(9.8, 0.3, 66000, 68899, -1.46, -48.5), cities: [['belem', 66000, 66999]] },
  MT: { ...facts(9.1, 1.3, 78000, 78899, -15.6, -56.1), cities: [['cuiaba', 78000, 78109]] },
  MA: { ...facts(7.5, 0.3, 65000, 65999, -2.53, -44.3), cities: [['sao luis', 65000, 65109]] },
  MS: { ...facts(7.2, 1.6, 79000, 79999, -20.44, -54.65), cities: [['campo grande', 79000, 79129]] },
  PB: { ...facts(5.4, 1.9, 58000, 58999, -7.12, -34.86), cities: [['joao pessoa', 58000, 58099]] },
  PI: { ...facts(5, 0.3, 64000, 64999, -5.09, -42.8), cities: [['teresina', 64000, 64099]] },
  RN: { ...facts(4.9, 1.6, 59000, 59999, -5.79, -35.21), cities: [['natal', 59000, 59139]] },
  AL: { ...facts(4.2, 0.2, 57000, 57999, -9.67, -35.74), cities: [['maceio', 57000, 57099]] },
  SE: { ...facts(3.5, 0.6, 49000, 49999, -10.95, -37.07), cities: [['aracaju', 49000, 49098]] },
  TO: { ...facts(2.8, 0.2, 77000, 77999, -10.17, -48.33), cities: [['palmas', 77000, 77249]] },
  RO: { ...facts(2.5, 0.6, 76800, 76999, -8.76, -63.9), cities: [['porto velho', 76800, 76834]] },
  AM: { ...facts(1.5, 0.3, 69000, 69299, -3.1, -60.02), cities: [['manaus', 69000, 69099]] },
  AC: { ...facts(0.8, 0.3, 69900, 69999, -9.97, -67.81), cities: [['rio branco', 69900, 69923]] },
  AP: { ...facts(0.7, 0.1, 68900, 68999, 0.03, -51.07), cities: [['macapa', 68900, 68911]] },
  RR: { ...facts(0.5, 0.1, 69300, 69399, 2.82, -60.67), cities: [['boa vista', 69300, 69339]] },
};

function facts(
  ...[buyers, sellers, first, last, latitude, longitude]: readonly [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
): Omit<StateFacts, 'cities'> {
  return { buyers, sellers, zips: [first, last], at: [latitude, longitude] };
}

/** In the order of the table: by how many buyers live there. */
export const stateNames = Object.keys(states) as [State, ...State[]];

export function statesBy(side: 'buyers' | 'sellers'): Weighted<State> {
  const [first, ...rest] = stateNames.map((name) => [name, states[name][side]] as const);
  return new Weighted([first ?? ['SP', 1], ...rest]);
}

/** Somewhere in a state; `town` names the places that are too small for the table. */
export function placeIn(state: State, random: Random, town: () => string): Place {
  const { cities, zips } = states[state];
  const listed = random.chance(0.68);
  // The capital is about as large as the other listed cities together.
  const [city, ...range]: City = !listed
    ? [town(), ...zips]
    : random.chance(0.5)
      ? cities[0]
      : random.pick(cities);
  return { zipPrefix: String(random.between(...range)).padStart(5, '0'), city, state };
}

export function coordinatesOf(state: State): readonly [latitude: number, longitude: number] {
  return states[state].at;
}

const kilometresPerDegree = 108;
const kilometres = Float64Array.from(
  stateNames.flatMap((from) => stateNames.map((to) => distance(from, to))),
);

/** Roughly, and never nothing: within a state parcels travel as well. */
export function kilometresBetween(from: number, to: number): number {
  return kilometres[from * stateNames.length + to] ?? 0;
}

function distance(from: State, to: State): number {
  if (from === to) return 120;
  const [a, b] = [states[from].at, states[to].at];
  const [north, east] = [a[0] - b[0], a[1] - b[1]];
  return Math.max(250, Math.round(Math.sqrt(north * north + east * east) * kilometresPerDegree));
}
