import type { Newest, NewestOrder } from '../../newest-orders.ts';
import { type Colour, paint } from '../../terminal.ts';
import type { Figures, LaneRates } from './figures.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Heading, width and words of each column behind the lane's name. */
const columns: readonly (readonly [heading: string, width: number, of: (lane: LaneRates) => string])[] = [
  ['in/s', 8, (lane) => grouped(lane.inPerSecond)],
  ['done/s', 8, (lane) => grouped(lane.outPerSecond)],
  ['p50', 11, (lane) => millis(lane.latency.p50)],
  ['p99', 11, (lane) => millis(lane.latency.p99)],
  ['backlog', 10, (lane) => grouped(lane.waiting)],
  ['corrected', 11, (lane) => grouped(lane.corrected)],
  ['dead', 7, (lane) => grouped(lane.dead)],
  ['retries', 9, (lane) => grouped(lane.retries)],
];
const nameWidth = 12;

interface Line {
  readonly words: string;
  readonly colour?: Colour;
}

/** What stands at the foot of the terminal: as many lines as it has room for, the most important first. */
export function panelOf(figures: Figures, newest: Newest, seconds: number, size: Size): string[] {
  const { published, publishedPerSecond, lanes } = figures;
  const lines: Line[] = [
    { words: '─'.repeat(size.columns), colour: 'grey' },
    {
      words: `${named('shop')}${grouped(publishedPerSecond)} messages a second, ${grouped(published)} in ${clock(seconds)}`,
    },
    { words: '' },
    {
      words: named('') + columns.map(([heading, width]) => heading.padStart(width)).join(''),
      colour: 'grey',
    },
    ...lanes.map((lane) => ({
      words: named(lane.lane) + columns.map(([, width, of]) => of(lane).padStart(width)).join(''),
    })),
    { words: '' },
    ...deadLines(newest, size.columns),
    ...orderLines(newest),
  ];
  // One row is the cursor's: a panel as high as the terminal would scroll it. A line that wraps would count as two.
  return lines
    .slice(0, Math.max(0, size.rows - 1))
    .map(({ words, colour }) => painted([...words].slice(0, size.columns).join(''), colour));
}

function painted(words: string, colour: Colour | undefined): string {
  return colour === undefined ? words : paint(colour, words);
}

function deadLines({ dead, tookMillis }: Newest, width: number): Line[] {
  // Before the first answer nobody knows, and the lanes may have told of some.
  if (dead.length === 0) return [{ words: named('dead') + (tookMillis === 0 ? '–' : 'none') }];
  const rows: string[] = [];
  for (const { reason, letters } of dead) {
    const words = `${reason} ${grouped(letters)}`;
    const row = rows.at(-1);
    if (row === undefined || nameWidth + row.length + 2 + words.length > width) rows.push(words);
    else rows[rows.length - 1] = `${row}  ${words}`;
  }
  return rows.map((words, index) => ({ words: named(index === 0 ? 'dead' : '') + words, colour: 'yellow' }));
}

function orderLines({ orders, total, tookMillis }: Newest): Line[] {
  if (orders.length === 0) return [];
  const heading = `the newest of ${grouped(total)} orders in BigQuery, as asked in ${Math.round(tookMillis)} ms`;
  return [{ words: '' }, { words: heading, colour: 'grey' }, ...orders.map(orderLine)];
}

function orderLine({ order, placed, status, state, city, items, total }: NewestOrder): Line {
  const many = `${items} item${items === 1 ? ' ' : 's'}`;
  const words = [order.slice(0, 8), placed, status.padEnd(11), many, total.padStart(10), `${state} ${city}`];
  return { words: words.join('  ') };
}

function named(name: string): string {
  return name.padEnd(nameWidth);
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function millis(value: number | null): string {
  return value === null ? '–' : `${grouped(Math.round(value))} ms`;
}

function clock(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
