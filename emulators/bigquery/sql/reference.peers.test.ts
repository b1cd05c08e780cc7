import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from '../testing.ts';
import { entries } from './catalogue/index.ts';

type Call = (method: string, request: object) => Promise<object>;

/**
 * Google's reference evaluator of GoogleSQL, an older release of it, as a local server. It knows no tables here, so
 * it is asked what an expression comes to, as JSON: text that shows types where they matter.
 */
class Evaluator {
  readonly #process: ChildProcess;
  readonly #call: Call;
  #language: object = {};

  private constructor(process: ChildProcess, call: Call) {
    this.#process = process;
    this.#call = call;
  }

  static async start(): Promise<Evaluator> {
    const folder = join('.orderlake', 'peers', 'googlesql');
    const library = join(folder, 'node_modules', '@fivetrandevelopers', 'zetasql', 'lib');
    if (!existsSync(library))
      execFileSync('npm', [
        'install',
        '--no-audit',
        '--no-fund',
        '--prefix',
        folder,
        '@fivetrandevelopers/zetasql@1.13.0',
      ]);
    const require = createRequire(join(process.cwd(), library, 'index.js'));
    const grpc = require('@grpc/grpc-js');
    const loader = require('@grpc/proto-loader');
    const port = await freePort();
    const suffix = `${process.arch.startsWith('arm') ? '_arm' : ''}${process.platform === 'darwin' ? '' : '.so'}`;
    const server = spawn(join(library, 'zetasql', `remote_server${suffix}`), ['localhost', String(port)], {
      stdio: 'ignore',
    });
    const definition = loader.loadSync('local_service.proto', {
      defaults: false,
      oneofs: true,
      includeDirs: [join(library, 'zetasql', 'protos')],
    });
    const { ZetaSqlLocalService } = grpc.loadPackageDefinition(definition).zetasql.local_service;
    const client = new ZetaSqlLocalService(`localhost:${port}`, grpc.credentials.createInsecure());
    const evaluator = new Evaluator(server, (method, request) =>
      promisify(client[method].bind(client))(request),
    );
    await evaluator.#ready();
    return evaluator;
  }

  async #ready(): Promise<void> {
    for (let left = 100; ; left--)
      try {
        this.#language = {
          ...(await this.#call('getLanguageOptions', { maximumFeatures: true })),
          productMode: 'PRODUCT_EXTERNAL',
        };
        return;
      } catch (error) {
        if (left === 0) throw error;
        await pause(200);
      }
  }

  /** The rows as JSON, or undefined where it refuses. */
  async rows(sql: string): Promise<string[] | undefined> {
    try {
      const answer = await this.#call('evaluateQuery', {
        sql,
        options: { languageOptions: this.#language, defaultTimezone: 'UTC' },
        simpleCatalog: { builtinFunctionOptions: { languageOptions: this.#language } },
        catalog: 'simpleCatalog',
      });
      const table = answer as { content?: { tableData?: { row?: { cell: { stringValue: string }[] }[] } } };
      return (table.content?.tableData?.row ?? []).map((row) => row.cell[0]?.stringValue ?? 'null');
    } catch {
      return undefined;
    }
  }

  stop(): void {
    this.#process.kill();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

let evaluator: Evaluator | undefined;
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  evaluator = await Evaluator.start().catch(() => undefined);
});
afterAll(async () => {
  evaluator?.stop();
  await bench.stop();
});

/** What differs from one call, or one place, to the next. */
const unrepeatable = /CURRENT_|RAND\(|UUID|SESSION_USER/;

test("every example of the catalogue has the same answer from Google's reference evaluator", async (context) => {
  if (!evaluator) return context.skip('the reference evaluator could not be installed or started here');
  let compared = 0;
  const different: unknown[] = [];
  for (const { examples } of entries)
    for (const [expression, answer] of examples) {
      if (answer === 'error' || unrepeatable.test(expression)) continue;
      const sql = `SELECT TO_JSON_STRING(t) FROM (SELECT ${expression} AS x) AS t`;
      const theirs = await evaluator.rows(sql);
      if (theirs === undefined) continue;
      compared += 1;
      const ours = (await bench.rows(sql)).map(([row]) => row);
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) different.push({ expression, theirs, ours });
    }
  expect(different).toEqual([]);
  expect(compared).toBeGreaterThan(300);
});
