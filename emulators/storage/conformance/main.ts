import { parseArgs } from 'node:util';
import { startStorage } from '../index.ts';
import { runAgainst } from './run.ts';
import { scenarios } from './scenarios/index.ts';

// npm run conformance -- storage [--against HOST] [--only TEXT] [--json]
// Without --against, or STORAGE_EMULATOR_HOST in the environment, the emulator of this folder is asked.

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const host = values.against ?? process.env.STORAGE_EMULATOR_HOST;
const own = host === undefined ? await startStorage() : undefined;
const origin = own?.environment.STORAGE_EMULATOR_HOST ?? originOf(host ?? '');
const chosen = scenarios.filter(({ area, name }) => `${area} ${name}`.includes(values.only ?? ''));
let failed = 0;
for await (const { area, name, failure } of runAgainst(origin, chosen)) {
  if (failure !== undefined) failed += 1;
  if (values.json) print(JSON.stringify({ area, name, passed: failure === undefined, failure }));
  else
    print(`${failure === undefined ? 'ok  ' : 'FAIL'} ${area} ${name}${failure ? `\n     ${failure}` : ''}`);
}
if (!values.json) print(`${chosen.length - failed} of ${chosen.length} at ${origin}`);
await own?.stop();
process.exitCode = failed === 0 ? 0 : 1;

function originOf(text: string): string {
  return new URL(text.includes('://') ? text : `http://${text}`).origin;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
