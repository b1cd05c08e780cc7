import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dataDictionary } from './data-dictionary.ts';

it('the committed data dictionary says what the contract says', () => {
  const committed = readFileSync(new URL('../docs/data-dictionary.md', import.meta.url), 'utf8');
  const regenerate = `node -e "import('./contracts/index.ts').then(c => process.stdout.write(c.dataDictionary()))" > docs/data-dictionary.md`;
  expect(committed, `stale: run ${regenerate}`).toBe(dataDictionary());
});
