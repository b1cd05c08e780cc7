import type { LaneFigures } from '../meter.ts';
import { isReady, type Vitals } from './judgement.ts';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

interface Counted {
  readonly name: string;
  readonly help: string;
  readonly of: (lane: LaneFigures) => readonly Sample[];
}

const plain = (value: number): readonly Sample[] => [[{}, value]];

export const counters: readonly Counted[] = [
  { name: 'received', help: 'Messages handed over by Pub/Sub.', of: (lane) => plain(lane.received) },
  { name: 'received_bytes', help: 'Their bodies.', of: (lane) => plain(lane.bytes) },
  {
    name: 'judged',
    help: 'Messages by what the contract said of them.',
    of: (lane) => (['ok', 'corrected', 'dropped'] as const).map((outcome) => [{ outcome }, lane[outcome]]),
  },
  {
    name: 'dead',
    help: 'Messages that became dead letters, by reason.',
    of: (lane) => Object.entries(lane.dead).map(([reason, count]) => [{ reason }, count]),
  },
  { name: 'committed', help: 'Events whose rows are durable.', of: (lane) => plain(lane.committed) },
  { name: 'acknowledged', help: 'Messages acknowledged.', of: (lane) => plain(lane.acknowledged) },
  { name: 'refused', help: 'Messages given back after all retries.', of: (lane) => plain(lane.refused) },
  {
    name: 'held_back',
    help: 'Messages whose dead letter its own table refuses.',
    of: (lane) => plain(lane.heldBack),
  },
  { name: 'retries', help: 'Writes tried again.', of: (lane) => plain(lane.retries) },
];

/** The figures as Prometheus reads them. */
export function prometheusText(vitals: Vitals): string {
  const lines = counters.flatMap(({ name, help, of }) => [
    ...head(`orderlake_${name}_total`, 'counter', help),
    ...vitals.lanes.flatMap((lane) =>
      of(lane).map(([labels, value]) =>
        sample(`orderlake_${name}_total`, { lane: lane.lane, ...labels }, value),
      ),
    ),
  ]);
  return `${[...lines, ...latencyLines(vitals.lanes), ...gaugeLines(vitals)].join('\n')}\n`;
}

function latencyLines(lanes: readonly LaneFigures[]): string[] {
  const name = 'orderlake_publish_to_acknowledge_milliseconds';
  return [
    ...head(name, 'histogram', 'From publish to acknowledgement.'),
    ...lanes.flatMap(({ lane, latencyHistogram: { atMost, count, sum } }) => [
      ...atMost.map(([bound, upTo]) => sample(`${name}_bucket`, { lane, le: String(bound) }, upTo)),
      sample(`${name}_bucket`, { lane, le: '+Inf' }, count),
      sample(`${name}_sum`, { lane }, sum),
      sample(`${name}_count`, { lane }, count),
    ]),
  ];
}

export const oldestHelp = 'For how long the oldest of them is held.';

export function oldestSeconds({ oldestAt, now }: Vitals): number {
  return oldestAt === undefined ? 0 : Math.max(0, now - oldestAt) / 1_000;
}

function gaugeLines(vitals: Vitals): string[] {
  return [
    ...head('orderlake_unsettled', 'gauge', 'Messages neither acknowledged nor given back.'),
    sample('orderlake_unsettled', {}, vitals.unsettled),
    ...head('orderlake_oldest_unsettled_seconds', 'gauge', oldestHelp),
    sample('orderlake_oldest_unsettled_seconds', {}, oldestSeconds(vitals)),
    ...head('orderlake_ready', 'gauge', '1 while the worker does its work.'),
    sample('orderlake_ready', {}, isReady(vitals).healthy ? 1 : 0),
  ];
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

/** Reasons come from the contract's own list, but a label that ends early would break the whole page. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
