import vm from 'node:vm';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { decode, defaultRules, exampleOrder, type Instant, rowEncoder, rowsOf, tables } from './index.ts';

/** What Beam's QuickJS does not have, or what would make two runs differ. */
const forbidden = [
  'Date',
  'Intl',
  'process',
  'Buffer',
  'require',
  'performance',
  'setTimeout',
  'TextEncoder',
  'TextDecoder',
];

async function bundled(): Promise<string> {
  const result = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'contract',
    platform: 'neutral',
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}

function bareContext(): vm.Context {
  const context = vm.createContext({});
  const traps = forbidden.map(
    (name) =>
      `Object.defineProperty(globalThis, '${name}', { get() { throw new Error('${name} was used'); } });`,
  );
  // A host without these two has none at all: the contract asks for them before it uses them.
  const absent = traps.filter((trap) => !trap.includes("'TextDecoder'") && !trap.includes("'TextEncoder'"));
  vm.runInContext(
    `${absent.join('\n')} Math.random = () => { throw new Error('Math.random was used'); };`,
    context,
  );
  return context;
}

const decodeThere = `(bytes, attributes, messageId, at) => {
  const message = { bytes: Uint8Array.from(bytes), attributes, messageId, publishedAt: at, receivedAt: at };
  const outcome = contract.decode(message, contract.defaultRules);
  if (outcome.kind === 'dead') return JSON.stringify([outcome]);
  const rows = contract.rowsOf(outcome.event, message, outcome.corrections ?? []);
  return JSON.stringify([outcome, rows, [...contract.rowEncoder(contract.tables.orders)(rows.orders[0])]]);
}`;

it('the contract gives the same result where there is no clock, no chance, no Intl and no Node', async () => {
  const context = bareContext();
  vm.runInContext(await bundled(), context);
  const there = vm.runInContext(decodeThere, context) as (...values: unknown[]) => string;
  const at = (Date.parse('2024-05-04T13:30:06Z') * 1000) as Instant;
  const texts = [
    JSON.stringify(exampleOrder),
    JSON.stringify(exampleOrder)
      .replace('2024-05-04T13:30:00Z', '2018-01-15 10:00:00')
      .replace('paulo', 'p\\ud800 😀'),
    JSON.stringify(exampleOrder).slice(0, 100),
    JSON.stringify(exampleOrder).replace('created', 'lost'),
  ];
  for (const bytes of [
    ...texts.map((text) => new TextEncoder().encode(text)),
    new Uint8Array([0xc3, 0x28]),
  ]) {
    const message = {
      bytes,
      attributes: { event_id: 'outer' },
      messageId: '1',
      publishedAt: at,
      receivedAt: at,
    };
    expect(there([...bytes], message.attributes, '1', at)).toBe(decodeHere(message));
  }
});

function decodeHere(message: Parameters<typeof decode>[0]): string {
  const outcome = decode(message, defaultRules);
  if (outcome.kind === 'dead') return JSON.stringify([outcome]);
  const rows = rowsOf(outcome.event, message, outcome.kind === 'corrected' ? outcome.corrections : []);
  return JSON.stringify([outcome, rows, [...rowEncoder(tables.orders)(rows.orders[0]!)]]);
}

it('a contract that used a clock would be caught', () => {
  const context = bareContext();
  expect(() => vm.runInContext('Date.now()', context)).toThrow('Date was used');
  expect(() => vm.runInContext('Math.random()', context)).toThrow('Math.random was used');
});
