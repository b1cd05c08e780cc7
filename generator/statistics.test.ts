import { beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '../contracts/index.ts';
import { Catalogue } from './catalogue.ts';
import { categories } from './categories.ts';
import { Customers } from './customers.ts';
import type { Draft } from './draft.ts';
import { Lives, type Step } from './life.ts';
import { Random } from './random.ts';
import { Growth } from './season.ts';
import { Shop } from './shop.ts';
import { Visits } from './visits.ts';

const epoch = (Date.parse('2017-01-02T00:00:00-03:00') * 1000) as Instant;
const hour = 3_600_000_000;
const day = 24 * hour;
const shop = new Shop({ seed: 11, epoch, ordersPerDay: 100 });
const lives = new Lives(shop.seed);

interface Lived {
  readonly draft: Draft;
  readonly steps: readonly Step[];
}

/** A simulated year, every order with its life. */
let year: Lived[];
beforeAll(() => {
  const end = shop.calendar.day(365).firstOrder;
  year = Array.from({ length: end }, (_, number) => {
    const draft = shop.order(number);
    return { draft, steps: lives.of(draft, shop.calendar.dayOfOrder(number)) };
  });
});

const days = () => Array.from({ length: 365 }, (_, index) => shop.calendar.day(index));
const local = (micros: number) => new Date((micros - 3 * hour) / 1000);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const share = <T>(list: readonly T[], is: (one: T) => boolean) => list.filter(is).length / list.length;
/** Of a share, five deviations of a binomial draw at least, and what the description leaves open. */
function near(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected), `${actual} instead of ${expected}`).toBeLessThanOrEqual(tolerance);
}
/** Orders of a day, the growth of the year taken out. */
function detrended() {
  const growth = new Growth(shop.seed, shop.calendar.openingDay);
  return days().map((one) => ({
    date: local(one.midnight),
    promotion: one.promotion,
    orders: one.orders / growth.factorOn(shop.calendar.openingDay + one.index),
  }));
}

describe('volume', () => {
  it('is quiet from 2 to 6 and high from 14 to 21', () => {
    const hours = year.map(({ draft }) => local(draft.purchase).getUTCHours());
    expect(share(hours, (one) => one >= 2 && one < 6)).toBeLessThan(0.02);
    near(
      share(hours, (one) => one >= 14 && one <= 21),
      0.51,
      0.02,
    );
  });

  it('is high on Sunday and Monday, low on Friday and Saturday', () => {
    const ordinary = detrended().filter(({ promotion, date }) => !promotion && date.getUTCMonth() % 11 !== 0);
    const of = (weekday: number) =>
      mean(ordinary.filter(({ date }) => date.getUTCDay() === weekday).map(({ orders }) => orders));
    const [sunday, monday, tuesday, wednesday, thursday, friday, saturday] = [0, 1, 2, 3, 4, 5, 6].map(of);
    for (const busy of [sunday!, monday!])
      for (const other of [tuesday!, wednesday!, thursday!]) expect(busy).toBeGreaterThan(other);
    for (const quiet of [friday!, saturday!])
      for (const other of [tuesday!, wednesday!, thursday!]) expect(quiet).toBeLessThan(other);
  });

  it('is 2.5 times as high from Black Friday to Cyber Monday, and 0.65 times from Christmas on', () => {
    const all = detrended();
    const on = (from: string, to: string) =>
      mean(
        all
          .filter(({ date }) => date.toISOString() >= from && date.toISOString() < to)
          .map(({ orders }) => orders),
      );
    const november = on('2017-11-06', '2017-11-20');
    // Four days, two of them the busiest of the week and two the quietest.
    near(on('2017-11-24', '2017-11-28') / november, 2.5, 0.35);
    near(on('2017-12-26', '2018-01-02') / november, 0.65, 0.12);
  });

  it('grows by 10 % a month on average, never falls by more than 5 %, and leaps by 20 % once a year', () => {
    const steps = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => monthlySteps(seed));
    near(mean(steps), 1.1, 0.02);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0.95);
    for (let start = 0; start < steps.length; start += 12)
      expect(steps.slice(start, start + 12).filter((step) => Math.abs(step - 1.2) < 1e-9)).toHaveLength(1);
  });
});

function monthlySteps(seed: number): number[] {
  const growth = new Growth(seed, 0);
  const firsts = Array.from({ length: 37 }, (_, month) => Date.UTC(1970, month, 1) / 86_400_000);
  const factors = firsts.map((first) => growth.factorOn(first));
  return factors.slice(1).map((factor, i) => factor / factors[i]!);
}

describe('people', () => {
  it('live where Brazilians live, mostly in another state than the seller', () => {
    const states = year.map(({ draft }) => draft.customer.place.state);
    near(
      share(states, (state) => state === 'SP'),
      0.42,
      0.015,
    );
    near(
      share(states, (state) => state === 'RJ'),
      0.129,
      0.012,
    );
    expect(new Set(states).size).toBe(27);
    const lines = year.flatMap(({ draft }) =>
      draft.lines.map(({ product }) => product.seller.state !== draft.customer.place.state),
    );
    expect(share(lines, (apart) => apart)).toBeGreaterThan(0.5);
  });

  it('come back: the 5 % who buy all the time place 15 to 20 % of the orders', () => {
    const power = share(year, ({ draft }) => Customers.isPowerBuyer(draft.customer.index));
    expect(power).toBeGreaterThan(0.15);
    expect(power).toBeLessThan(0.2);
    const buyers = new Set(year.map(({ draft }) => draft.customer.index));
    near(
      share([...buyers], (index) => Customers.isPowerBuyer(index)),
      0.05,
      0.01,
    );
    expect(buyers.size).toBeLessThan(year.length * 0.9);
  });

  it('visit for five events in the middle; a tenth of the visits only look, and half of the rest reach a cart', () => {
    const visits = new Visits(shop);
    const clicks = year
      .slice(30_000, 34_000)
      .flatMap(({ draft }) => visits.around(draft, shop.calendar.dayOfOrder(draft.number)));
    const sessions = [...Map.groupBy(clicks, (click) => click.user_session).values()];
    const browsing = sessions.filter((session) => session.some((click) => click.event_type === 'view'));
    const lengths = browsing
      .filter((session) => !session.some((click) => click.event_type === 'cart'))
      .map((session) => session.length)
      .sort((a, b) => a - b);
    near(lengths[lengths.length >> 1]!, 5, 1);
    const carts = browsing.filter((session) => session.some((click) => click.event_type === 'cart'));
    // Of ten visits one only looks; 55 % of the others reach the cart, 85 % of those check out.
    near(carts.length / browsing.length, 0.55 * 0.9, 0.02);
    near(4_000 / carts.length, 0.85, 0.03);
  });
});

describe('visits', () => {
  const numbers = Array.from({ length: 2_000 }, (_, index) => 30_000 + index);
  const told = (clickShare: number) => {
    const visits = new Visits(shop, clickShare);
    return numbers.flatMap((number) => {
      const { draft } = year[number]!;
      return visits.around(draft, shop.calendar.dayOfOrder(number));
    });
  };

  it('are told of the people who let the shop watch them, whole and unchanged', () => {
    const all = told(1);
    const some = told(0.1);
    const watched = new Set(some.map((click) => click.user_id));
    expect(some).toEqual(all.filter((click) => watched.has(click.user_id)));
    near(some.length / all.length, 0.1, 0.02);
    expect(told(0)).toEqual([]);
  });
});

describe('goods', () => {
  it('come at three a day', () => {
    expect(Catalogue.size(100) - Catalogue.size(99)).toBe(3);
    let newest = 0;
    for (const { draft } of year)
      for (const { product } of draft.lines) newest = Math.max(newest, product.index);
    expect(newest).toBeGreaterThan(Catalogue.size(340));
    expect(newest).toBeLessThan(Catalogue.size(365));
  });

  it('have their seasons: toys in October, a quarter of the paper in December', () => {
    const months = Map.groupBy(
      year.flatMap(({ draft }) =>
        draft.lines.map(({ product }) => ({ month: local(draft.purchase).getUTCMonth(), product })),
      ),
      ({ month }) => month,
    );
    const part = (month: number, category: string) =>
      share(months.get(month)!, ({ product }) => categories[product.category]?.name === category);
    near(part(9, 'brinquedos') / part(4, 'brinquedos'), 2.5, 0.5);
    near(part(11, 'papelaria') / part(5, 'papelaria'), 0.25, 0.12);
  });

  it('cost 5 % less than listed, and 30 % or more on days of promotion', () => {
    for (const { promotion, discount } of days())
      expect(promotion ? discount >= 0.3 : discount === 0.05).toBe(true);
    const otherwise = year.filter(({ draft }) => {
      const { discount } = shop.calendar.dayOfOrder(draft.number);
      return draft.lines.some(({ product, price }) => price !== Math.round(product.cents * (1 - discount)));
    });
    expect(otherwise).toEqual([]);
    near(
      share(days(), ({ promotion }) => promotion),
      0.08,
      0.04,
    );
  });
});

describe('payments', () => {
  it('are made by card in 74 of 100 orders, by boleto in 19, in several parts in a few', () => {
    const first = year.map(({ draft }) => draft.parts[0]!);
    near(
      share(first, ({ type }) => type === 'credit_card'),
      0.74,
      0.01,
    );
    near(
      share(first, ({ type }) => type === 'boleto'),
      0.19,
      0.01,
    );
    const cards = first.filter(({ type }) => type === 'credit_card');
    near(
      share(cards, ({ instalments }) => instalments > 1),
      0.52,
      0.02,
    );
    near(
      share(year, ({ draft }) => draft.parts.length > 1),
      0.03,
      0.01,
    );
  });
});

describe('the life of an order', () => {
  const ordinary = () => year.filter(({ draft }) => !draft.fraud);
  const at = (steps: readonly Step[], status: Step['status']) =>
    steps.find((step) => step.status === status)?.at;

  it('is approved within a day', () => {
    const later = year.filter(
      ({ draft, steps }) => (at(steps, 'approved') ?? draft.purchase) - draft.purchase > day,
    );
    expect(later).toEqual([]);
  });

  it('is shipped in 1 to 3 days, in 4 to 9 before Christmas', () => {
    const otherwise = year.filter(({ draft, steps }) => {
      const shipped = steps.findIndex((step) => step.status === 'shipped');
      if (shipped < 0) return false;
      const took = (steps[shipped]!.at - steps[shipped - 1]!.at) / day;
      const [least, most] = shop.calendar.dayOfOrder(draft.number).slowCarriers ? [4, 9] : [1, 3];
      return took < least! - 0.001 || took > most!;
    });
    expect(otherwise).toEqual([]);
  });

  it('is delivered the later, the farther the seller is', () => {
    const travel = (near: boolean) =>
      mean(
        year.flatMap(({ draft, steps }) => {
          const [from, to] = [at(steps, 'shipped'), at(steps, 'delivered')];
          const home = draft.lines[0]!.product.seller.state === draft.customer.place.state;
          return from === undefined || to === undefined || home !== near ? [] : [(to - from) / day];
        }),
      );
    expect(travel(false)).toBeGreaterThan(travel(true) * 1.3);
  });

  it('ends early in 1 to 2 % of orders, and is returned in 1.1 %, gifts in January in 6.5 %', () => {
    const early = share(
      ordinary(),
      ({ steps }) => steps.at(-1)?.status === 'canceled' && !at(steps, 'delivered'),
    );
    expect(early).toBeGreaterThan(0.01);
    expect(early).toBeLessThan(0.02);
    const delivered = ordinary().filter(({ steps }) => at(steps, 'delivered') !== undefined);
    const christmas = ({ draft }: Lived) => draft.gift && local(draft.purchase).getUTCMonth() === 11;
    const returned = ({ steps }: Lived) => steps.at(-1)?.status === 'canceled';
    near(
      share(
        delivered.filter((lived) => !christmas(lived)),
        returned,
      ),
      0.011,
      0.003,
    );
    const gifts = delivered.filter(christmas);
    near(share(gifts, returned), 0.065, 0.03);
    for (const { steps } of gifts.filter(returned))
      expect(local(steps.at(-1)!.at).getUTCFullYear()).toBe(2018);
  });
});

describe('fraud', () => {
  it('strikes one to three times a day: 6 to 12 distinct expensive things, 35 % cancelled within the hour', () => {
    const bursts = year.filter(({ draft }) => draft.fraud);
    expect(bursts.length).toBeGreaterThan(365);
    expect(bursts.length).toBeLessThan(3 * 365);
    const list = (drafts: readonly Lived[]) =>
      drafts.flatMap(({ draft }) => draft.lines.map(({ product }) => product.cents));
    expect(mean(list(bursts))).toBeGreaterThan(3 * mean(list(year)));
    for (const { draft, steps } of bursts) {
      expect(draft.lines.length).toBeGreaterThanOrEqual(6);
      expect(draft.lines.length).toBeLessThanOrEqual(12);
      expect(new Set(draft.lines.map(({ product }) => product)).size).toBe(draft.lines.length);
      const cancelled = steps.at(-1)?.status === 'canceled' && at(steps) - draft.purchase;
      if (cancelled) expect(cancelled).toBeGreaterThanOrEqual(10 * 60e6);
    }
    const noticed = share(
      bursts,
      ({ draft, steps }) => steps.at(-1)?.status === 'canceled' && at(steps) - draft.purchase <= hour,
    );
    near(noticed, 0.35, 0.09);
  });
  const at = (steps: readonly Step[]) => steps.at(-1)!.at;
});

it('draws are spread evenly, whichever order they belong to', () => {
  const random = new Random();
  const firsts = Array.from({ length: 20_000 }, (_, number) => random.restart(1, number).fraction());
  near(mean(firsts), 0.5, 0.011);
  for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    near(
      share(firsts, (value) => Math.floor(value * 10) === tenth),
      0.1,
      0.011,
    );
});
