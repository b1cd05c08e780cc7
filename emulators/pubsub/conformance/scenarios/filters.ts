import assert from 'node:assert/strict';
import { type Chapter, type Scenario, scenario } from '../scenario.ts';
import { codes, refused, sorted } from '../world.ts';

const messages = [
  { data: 'blue', attributes: { team: 'blue' } },
  { data: 'red', attributes: { team: 'red', 'iana.org/tag': 'en' } },
  { data: 'none', attributes: { other: 'x' } },
];

const passes = (filter: string, expected: string[]): Scenario =>
  scenario(`\`${filter}\``, async (world) => {
    const { topic, subscription } = await world.pair({ filter });
    await world.publish(topic, ...messages);
    if (expected.length > 0)
      assert.deepEqual(sorted(await world.pull(subscription, expected.length)), expected);
    await world.expectNothing(subscription);
  });

const isRefused = (filter: string): Scenario =>
  scenario(`\`${filter}\` is INVALID_ARGUMENT`, async (world) => {
    await refused(world.subscription(await world.topic(), { filter }), codes.invalid);
  });

export const filters: Chapter = {
  name: 'Filters',
  scenarios: [
    passes('attributes:team', ['blue', 'red']),
    passes('attributes:"iana.org/tag"', ['red']),
    passes('attributes.team = "blue"', ['blue']),
    passes('attributes.team != "blue"', ['none', 'red']),
    passes('hasPrefix(attributes.team, "bl")', ['blue']),
    passes('NOT attributes:team', ['none']),
    passes('-attributes:team', ['none']),
    passes('attributes:team AND NOT attributes.team = "red"', ['blue']),
    passes('attributes.team = "red" OR attributes:other', ['none', 'red']),
    passes('attributes:team AND (attributes.team = "x" OR attributes.team = "\\u0062lue")', ['blue']),
    isRefused('team'),
    isRefused('attributes.team = blue'),
    isRefused('attributes:a AND attributes:b OR attributes:c'),
    isRefused('attributes:team and attributes:other'),
    isRefused('(attributes:team'),
    scenario('more than 256 bytes are INVALID_ARGUMENT', async (world) => {
      const filter = `attributes:${'a'.repeat(256)}`;
      await refused(world.subscription(await world.topic(), { filter }), codes.invalid);
    }),
  ],
};
