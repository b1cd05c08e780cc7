import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { overBackends } from '../testing/over-backends.ts';
import { scenarios } from './scenarios/index.ts';
import { openStage } from './stage.ts';
import { withSupport } from './support-table.ts';

for (const [area, all] of Map.groupBy(scenarios, (scenario) => scenario.area)) {
  overBackends(area, (emulated) => {
    test.each(all)('$name', async ({ run }) => {
      const stage = await openStage(emulated.origin);
      await run(stage);
      await stage.close();
    });
  });
}

test('the README says what the scenarios prove; else run conformance/write-readme.ts', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(withSupport(readme)).toBe(readme);
});
