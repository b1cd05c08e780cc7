import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// npm run conformance -- pubsub|storage [--against HOST] …: asks a server what the service of that name would do.
// Without any word, each of our own is asked in turn.
const suites = ['pubsub', 'storage'];

const [name, ...words] = process.argv.slice(2);
if (name !== undefined && !suites.includes(name)) {
  process.stderr.write(`Expected the service first (${suites.join(' or ')}), got ${name}.\n`);
  process.exit(2);
}
const codes = (name === undefined ? suites : [name]).map((suite) => {
  const main = join(import.meta.dirname, suite, 'conformance/main.ts');
  return spawnSync(process.execPath, [main, ...words], { stdio: 'inherit' }).status ?? 1;
});
process.exitCode = Math.max(...codes);
