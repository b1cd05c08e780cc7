import type { Instant } from '../contracts/index.ts';
import { InputError } from '../runtime/index.ts';
import { type DefectRates, Lottery, variedCopy } from './defects.ts';
import type { Happening } from './happening.ts';
import type { LedgerLine } from './ledger.ts';
import { longestLife } from './life.ts';
import { corrupted, disguised, type Publication, retold, sound } from './publication.ts';
import { lateness } from './quantiles.ts';
import { Random } from './random.ts';
import { Shop } from './shop.ts';
import { Teller } from './teller.ts';
import { type Stream, Timeline } from './timeline.ts';

export type { LedgerLine, Publication };

export interface GenerateOptions {
  readonly seed: number;
  /** How many orders; without it, as many as are placed until `to`. */
  readonly orders?: number;
  /** When the shop opens: the first purchase follows the first midnight in São Paulo from then on. */
  readonly epoch: Instant;
  /** The run tells of the orders from this one on, with all that happens to them. */
  readonly firstOrder?: number;
  /** Only what is sent from this moment on … */
  readonly from?: Instant;
  /** … and before this one. Windows that adjoin make one stream. */
  readonly to?: Instant;
  readonly defects: DefectRates;
  /** On an ordinary day when the shop opens; it grows. */
  readonly ordersPerDay?: number;
  /** Which of the shop's doings are told; without it, only that orders are placed. */
  readonly streams?: readonly Stream[];
  /** Of the people, those who let the shop watch them: from 0 to 1, without it 1. */
  readonly clickShare?: number;
}

const minute = 60_000_000;
const longestDelay = 5 * 24 * 60 * minute;
const delaySeed = 0x64656c61;

/** Every message of the shop with what must become of it. One seed gives one stream, byte for byte. */
export function* generate(options: GenerateOptions): Generator<Publication> {
  const {
    seed,
    epoch,
    defects,
    ordersPerDay = 2_000,
    orders = Number.POSITIVE_INFINITY,
    streams: wanted = ['orders'],
  } = options;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = options;
  checkOptions({ seed, orders, firstOrder: options.firstOrder ?? 0, ordersPerDay });
  const shop = new Shop({ seed, epoch, ordersPerDay });
  const teller = new Teller(shop);
  const first = options.firstOrder ?? firstToFollow(shop, from);
  const timeline = new Timeline(shop, teller, {
    streams: wanted,
    first,
    orders,
    quietUntil: from - longestDelay,
    clickShare: checkedShare(options.clickShare ?? 1),
  });
  const lottery = new Lottery(seed, defects);
  for (;;) {
    const happening = timeline.next();
    if (happening === undefined || happening.at >= to) return;
    const publication = sendingOf(happening, teller, lottery, timeline, happening.at >= from);
    if (publication !== undefined) yield publication;
  }
}

/** Before the window lies what reaches into it: the lives of earlier orders, and what is late. */
function firstToFollow(shop: Shop, from: number): number {
  return from === Number.NEGATIVE_INFINITY
    ? 0
    : shop.calendar.firstOrderFrom((from - longestLife - longestDelay) as Instant);
}

/**
 * What is sent for a happening now: its message, nothing when it comes late. `inWindow` false: nothing is sent,
 * but what is put off into the window must be known.
 */
function sendingOf(
  happening: Happening,
  teller: Teller,
  lottery: Lottery,
  timeline: Timeline,
  inWindow: boolean,
): Publication | undefined {
  const drawn = lottery.defectOf(happening);
  if (drawn === undefined) return inWindow ? sound(teller, happening, null) : undefined;
  const { name, defect } = drawn;
  const { sending } = happening;
  switch (defect.family) {
    case 'late':
    case 'reordered':
      if (sending === 'first') {
        timeline.add(putOff(happening, delayedTo(happening, defect.family, teller), 'delayed'));
        return undefined;
      }
      return inWindow ? sound(teller, happening, name) : undefined;
    case 'copy':
      if (sending === 'first') timeline.add(putOff(happening, copiedAt(happening), 'again'));
      if (!inWindow) return undefined;
      if (sending === 'first') return sound(teller, happening, null);
      return defect.otherBytes === true
        ? retold(happening, variedCopy(teller.tell(happening)), name)
        : sound(teller, happening, name);
    case 'odd': {
      if (!inWindow) return undefined;
      const told = teller.tell(happening);
      return retold(happening, defect.retell?.(told) ?? told, name, defect.change);
    }
    case 'correctable':
      return inWindow ? disguised(happening, teller.tell(happening), name, defect.disguise) : undefined;
    case 'corrupt':
      return inWindow ? corrupted(happening, teller.tell(happening), name, defect) : undefined;
  }
}

function putOff(happening: Happening, at: number, sending: 'again' | 'delayed'): Happening {
  return { ...happening, at, sending, happenedAt: happening.at };
}

/** Half an hour in the middle, days at the end. Out of order: after the order's next change. */
function delayedTo(happening: Happening, family: 'late' | 'reordered', teller: Teller): number {
  if (family === 'reordered') {
    const next = teller.life(happening.number)[happening.version - 1];
    if (next !== undefined) return next.at + 1_000_000;
  }
  return happening.at + wholeMillis(30 * minute * lateness.draw(drawsFor(happening)));
}

function copiedAt(happening: Happening): number {
  return happening.at + wholeMillis(minute * lateness.draw(drawsFor(happening)));
}

function drawsFor({ number, version }: Happening): Random {
  return new Random().restart(delaySeed + version, number);
}

function wholeMillis(micros: number): number {
  return Math.ceil(micros / 1_000) * 1_000;
}

function checkedShare(share: number): number {
  if (share >= 0 && share <= 1) return share;
  throw new InputError('the generator cannot use clickShare', {
    expected: 'a number from 0 to 1',
    got: String(share),
  });
}

function checkOptions(options: Record<'seed' | 'orders' | 'firstOrder' | 'ordersPerDay', number>): void {
  for (const [name, value] of Object.entries(options)) {
    const least = name === 'ordersPerDay' ? 1 : 0;
    const endless = name === 'orders' && value === Number.POSITIVE_INFINITY;
    if (!endless && !(Number.isSafeInteger(value) && value >= least))
      throw new InputError(`the generator cannot use ${name}`, {
        expected: `a whole number from ${least}`,
        got: String(value),
      });
  }
}
