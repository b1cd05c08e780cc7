import { readFileSync, writeFileSync } from 'node:fs';
import { withSupport } from './support-table.ts';

// node emulators/bigquery/write-readme.ts

const readme = new URL('README.md', import.meta.url);
writeFileSync(readme, withSupport(readFileSync(readme, 'utf8')));
