import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { overBackendsAtOnce } from '../testing/over-backends.ts';
import { scenarios } from './scenarios/index.ts';
import { openStage } from './stage.ts';
import { withSupport } from './support-table.ts';

// Each scenario has a bucket of its own, and the emulator ends with the last: nothing needs to be removed.
overBackendsAtOnce('the emulator', (emulated) => {
  for (const [area, all] of Map.groupBy(scenarios, (scenario) => scenario.area)) {
    describe(area, () => {
      test.each(all)('$name', async ({ run }) => run(await openStage(emulated.client)));
    });
  }
});

test('the README says what the scenarios prove; else run conformance/write-readme.ts', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(withSupport(readme)).toBe(readme);
});
