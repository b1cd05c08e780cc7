import type { brazilianStates } from '../contracts/index.ts';
import type { Random } from './random.ts';
import { Weighted } from './weighted.ts';

export type State = (typeof brazilianStates)[number];

export interface Place {
  readonly zipPrefix: string;
  readonly city: string;
  readonly state: State;
}

interface StateFacts {
  readonly capital: string;
  /** First and last five-digit postal prefix, as the Correios assign them. */
  readonly zips: readonly [number, number];
  /** Share of Olist's buyers and sellers, in per mille. */
  readonly buyers: number;
  readonly sellers: number;
}

/** Neighbouring prefixes are near one another, which is why freight can be told from them. */
const states: { readonly [S in State]: StateFacts } = {
  SP: { capital: 'sao paulo', zips: [1000, 19999], buyers: 420, sellers: 597 },
  RJ: { capital: 'rio de janeiro', zips: [20000, 28999], buyers: 129, sellers: 55 },
  ES: { capital: 'vitoria', zips: [29000, 29999], buyers: 20, sellers: 7 },
  MG: { capital: 'belo horizonte', zips: [30000, 39999], buyers: 117, sellers: 79 },
  BA: { capital: 'salvador', zips: [40000, 48999], buyers: 34, sellers: 6 },
  SE: { capital: 'aracaju', zips: [49000, 49999], buyers: 3.5, sellers: 0.6 },
  PE: { capital: 'recife', zips: [50000, 56999], buyers: 16.6, sellers: 2.9 },
  AL: { capital: 'maceio', zips: [57000, 57999], buyers: 4.2, sellers: 0.2 },
  PB: { capital: 'joao pessoa', zips: [58000, 58999], buyers: 5.4, sellers: 1.9 },
  RN: { capital: 'natal', zips: [59000, 59999], buyers: 4.9, sellers: 1.6 },
  CE: { capital: 'fortaleza', zips: [60000, 63999], buyers: 13.4, sellers: 4.2 },
  PI: { capital: 'teresina', zips: [64000, 64999], buyers: 5, sellers: 0.3 },
  MA: { capital: 'sao luis', zips: [65000, 65999], buyers: 7.5, sellers: 0.3 },
  PA: { capital: 'belem', zips: [66000, 68899], buyers: 9.8, sellers: 0.3 },
  AP: { capital: 'macapa', zips: [68900, 68999], buyers: 0.7, sellers: 0.1 },
  AM: { capital: 'manaus', zips: [69000, 69299], buyers: 1.5, sellers: 0.3 },
  RR: { capital: 'boa vista', zips: [69300, 69399], buyers: 0.5, sellers: 0.1 },
  AC: { capital: 'rio branco', zips: [69900, 69999], buyers: 0.8, sellers: 0.3 },
  DF: { capital: 'brasilia', zips: [70000, 72799], buyers: 21.5, sellers: 9.7 },
  GO: { capital: 'goiania', zips: [73700, 76799], buyers: 20.3, sellers: 12.9 },
  RO: { capital: 'porto velho', zips: [76800, 76999], buyers: 2.5, sellers: 0.6 },
  TO: { capital: 'palmas', zips: [77000, 77999], buyers: 2.8, sellers: 0.2 },
  MT: { capital: 'cuiaba', zips: [78000, 78899], buyers: 9.1, sellers: 1.3 },
  MS: { capital: 'campo grande', zips: [79000, 79999], buyers: 7.2, sellers: 1.6 },
  PR: { capital: 'curitiba', zips: [80000, 87999], buyers: 50.7, sellers: 112.8 },
  SC: { capital: 'florianopolis', zips: [88000, 89999], buyers: 36.6, sellers: 61.4 },
  RS: { capital: 'porto alegre', zips: [90000, 99999], buyers: 55, sellers: 41.7 },
};

const names = Object.keys(states) as [State, ...State[]];
const byBuyers = weightedBy('buyers');
const bySellers = weightedBy('sellers');

function weightedBy(side: 'buyers' | 'sellers'): Weighted<State> {
  const [first, ...rest] = names.map((name) => [name, states[name][side]] as const);
  return new Weighted([first ?? ['SP', 1], ...rest]);
}

/** Somewhere a buyer or a seller lives; `town` names the places that are not the capital. */
export function somewhere(side: 'buyers' | 'sellers', random: Random, town: () => string): Place {
  const state = (side === 'buyers' ? byBuyers : bySellers).pick(random);
  const { capital, zips } = states[state];
  return {
    zipPrefix: String(random.between(...zips)).padStart(5, '0'),
    city: random.chance(0.45) ? capital : town(),
    state,
  };
}
