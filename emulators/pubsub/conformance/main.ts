import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Result, runConformance } from './run.ts';
import { ownServer, remoteServer } from './servers.ts';
import { withSupport } from './support-table.ts';

// A server without credentials needs no probe of a metadata server.
process.env.METADATA_SERVER_DETECTION ??= 'none';

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    project: { type: 'string', default: 'conformance' },
    json: { type: 'boolean', default: false },
    'write-table': { type: 'boolean', default: false },
  },
});

const host = values.against ?? process.env.PUBSUB_EMULATOR_HOST;
const server = host === undefined ? await ownServer() : remoteServer(host, values.project);
const results = await runConformance(server, host === undefined ? 1 : 8, tell);
await server.close();
if (values['write-table']) {
  const readme = new URL('../README.md', import.meta.url);
  writeFileSync(readme, withSupport(readFileSync(readme, 'utf8'), results));
}
if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
const passed = results.filter((result) => result.passed).length;
process.stderr.write(`${passed} of ${results.length} against ${host ?? 'our own emulator'}\n`);
// A scenario that found no end may still hold a connection.
process.exit(passed === results.length ? 0 : 1);

function tell({ chapter, title, passed, reason }: Result): void {
  process.stderr.write(
    `${passed ? 'ok  ' : 'FAIL'}  ${chapter}: ${title}${passed ? '' : `\n      ${reason}`}\n`,
  );
}
