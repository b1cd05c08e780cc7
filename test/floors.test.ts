import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { expect, test } from 'vitest';
import { trackedFiles } from './tracked-files.ts';

const rooms = [
  'contracts',
  'runtime',
  'generator',
  'streaming',
  'lake',
  'sql',
  'dags',
  'infra',
  'emulators',
  'cli',
  'bench',
  'test',
];

const ceilings = {
  contracts: 5_000,
  runtime: 750,
  generator: 5_250,
  streaming: 3_900,
  lake: 3_750,
  'emulators/frame': 1_600,
  'emulators/pubsub': 5_500,
  'emulators/storage': 4_000,
  'emulators/bigquery': 28_900,
  'emulators/workflows': 2_350,
  sql: 1_500,
  dags: 800,
  infra: 2_850,
  cli: 4_850,
  bench: 2_300,
};

async function violations(paths: string[]): Promise<string[]> {
  const { output } = await cruise(paths, await extractDepcruiseOptions(resolve('.dependency-cruiser.mjs')));
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

test('every room imports only what the map allows, and through its face', async () => {
  expect(await violations(rooms)).toEqual([]);
});

test('the lake and the emulators know no business word', () => {
  const business = /order_items|order_payments|customer|seller|payment|olist/i;
  const offenders = trackedFiles()
    .filter((path) => /^(lake|emulators)\//.test(path))
    .filter((path) => business.test(path) || business.test(readFileSync(path, 'utf8')));
  expect(offenders).toEqual([]);
});

test('no file is longer than 600 lines, nine of ten are below 400, and the median is near 100', () => {
  const sizes = trackedFiles()
    .filter((path) => /\.(ts|mjs|sqlx|js)$/.test(path))
    .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length }))
    .toSorted((a, b) => a.lines - b.lines);
  const at = (share: number) => sizes[Math.floor(share * (sizes.length - 1))]?.lines;
  expect(sizes.filter(({ lines }) => lines > 600)).toEqual([]);
  expect(at(0.9)).toBeLessThan(400);
  expect(at(0.5)).toBeLessThan(150);
});

test('no room grows past the ceiling that docs/decisions/0008 set for it', () => {
  const lines = (room: string) =>
    trackedFiles()
      .filter((path) => path.startsWith(`${room}/`) && /\.(ts|mjs|js|sqlx)$/.test(path))
      .filter((path) => !/\.test\.|\/testing|\/conformance\/|\/generated\/|\/reference\//.test(path))
      .reduce((sum, path) => sum + readFileSync(path, 'utf8').split('\n').length - 1, 0);
  const above = Object.entries(ceilings).filter(([room, ceiling]) => lines(room) > ceiling);
  expect(above.map(([room, ceiling]) => `${room}: ${lines(room)} lines, at most ${ceiling}`)).toEqual([]);
});

test('no file is named for having no reason to be', () => {
  const nameless = /(^|\/)(utils?|helpers?|common|managers?)(\/|\.|$)/;
  expect(trackedFiles().filter((path) => nameless.test(path))).toEqual([]);
});
