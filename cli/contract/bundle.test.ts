import type { EmscriptenModuleLoader, QuickJSEmscriptenModule } from '@jitl/quickjs-ffi-types';
import quickjs from '@jitl/quickjs-ng-wasmfile-release-sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleEvents, exampleOrder, type Instant, takeMessage } from '../../contracts/index.ts';
import { defaultDefects, generate, streams } from '../../generator/index.ts';
import { bundleContract } from './bundle.ts';

/** Its types speak of the CommonJS build, where the variant is one level deeper than in the one that is loaded. */
const variant = quickjs as unknown as (typeof quickjs)['default'];

type Engine = Awaited<ReturnType<typeof startEngine>>;

/** QuickJS-ng as the host of Beam calls it: text in, text out, nothing else shared. */
async function startEngine(script: string) {
  const Ffi = await variant.importFFI();
  const load = (await variant.importModuleLoader()) as EmscriptenModuleLoader<QuickJSEmscriptenModule>;
  const module = await load();
  const ffi = new Ffi(module);
  const runtime = ffi.QTS_NewRuntime();
  const context = ffi.QTS_NewContext(runtime, 0 as Parameters<typeof ffi.QTS_NewContext>[1]);
  function evaluate(source: string): string {
    const length = module.lengthBytesUTF8(source);
    const code = module._malloc(length + 1) as Parameters<typeof ffi.QTS_Eval>[1] &
      Parameters<typeof module.stringToUTF8>[1];
    module.stringToUTF8(source, code, length + 1);
    const result = ffi.QTS_Eval(
      context,
      code,
      length,
      'contract.js',
      0 as Parameters<typeof ffi.QTS_Eval>[4],
      0 as Parameters<typeof ffi.QTS_Eval>[5],
    );
    module._free(code);
    const failure = ffi.QTS_ResolveException(context, result);
    const value = failure === 0 ? result : failure;
    const text = ffi.QTS_GetString(context, value);
    const answer = module.UTF8ToString(text);
    ffi.QTS_FreeCString(context, text);
    ffi.QTS_FreeValuePointer(context, value);
    if (failure !== 0) throw new Error(answer);
    return answer;
  }
  evaluate(script);
  return {
    evaluate,
    take: (message: string) => evaluate(`takeMessage(${JSON.stringify(message)})`),
    stop() {
      ffi.QTS_FreeContext(context);
      ffi.QTS_FreeRuntime(runtime);
    },
  };
}

let script: string;
let engine: Engine;
beforeAll(async () => {
  script = await bundleContract();
  engine = await startEngine(script);
});
afterAll(() => engine.stop());

const publishTime = '2026-01-01T00:00:00.123456Z';

function messageOf(body: string | Uint8Array, attributes: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    data: Buffer.from(body).toString('base64'),
    attributes,
    messageId: '7',
    publishTime,
    receiveTime: publishTime,
  });
}

function shopMessages(): string[] {
  const plenty = Object.fromEntries(Object.keys(defaultDefects).map((name) => [name, 0.03]));
  const epoch = 1_483_326_000_000_000 as Instant;
  // Bodies beyond 10 MB die of their length alone, and take longer to be made than all others together.
  const defects = { ...defaultDefects, ...plenty, oversize_body: 0 } as typeof defaultDefects;
  const messages: string[] = [];
  let told = 0;
  for (const { bytes, attributes } of generate({ seed: 11, orders: 2_000, epoch, defects, streams })) {
    // One in nine: a shop that opens tells of its products first.
    if (told++ % 9 === 0) messages.push(messageOf(bytes, attributes));
    if (messages.length === 2_000) break;
  }
  return messages;
}

/** Every character of one plane in steps, in the city of an order; and what no shop would send. */
function strangeMessages(): string[] {
  const order = JSON.stringify(exampleOrder);
  const cities = Array.from({ length: 100 }, (_, i) => `x${String.fromCodePoint((i * 10_979) % 0x10ffff)}y`);
  return [
    ...Object.values(exampleEvents).map((event) => messageOf(JSON.stringify(event))),
    ...cities.map((city) => messageOf(order.replace('são paulo', JSON.stringify(city).slice(1, -1)))),
    ...['\\u0000', '\\ud800', '\\udc00x', 'a\\ud83d\\ude00', '\\u2028', 'ß\u0000', '￿'].map((city) =>
      messageOf(order.replace('são paulo', city)),
    ),
    ...[
      '1e400',
      '-0',
      '1e-7',
      '123456789012345678901234567890',
      '9007199254740993',
      '0.1',
      '29.990000000000002',
    ].map((price) => messageOf(order.replace('"29.99"', price))),
    messageOf(''),
    messageOf('{'),
    messageOf('[]'),
    messageOf(order.slice(0, 300)),
    messageOf(order.replace('{', '{"__proto__":{"x":1},')),
    messageOf(order.replace('{', '{"\\u005f_proto__":1,')),
    messageOf(order.replace('"order":{', '"order":{"order_id":"x",')),
    messageOf(order.replace('{', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},`)),
    messageOf(order.replace('{', '{"b":{"10":1,"9":[null,true],"":"\\u0000\\ud800"},"\\ud800":2,')),
    messageOf(`\ufeff${order}`),
    messageOf(new Uint8Array([0xff, 0xfe, 0x00])),
    messageOf(order, { ключ: 'значение 😀', half: '\ud800' }),
    messageOf(order.replace(/"(event_id|event_type|schema_version|occurred_at)":("[^"]*"|1),/g, '')),
    messageOf(order.replaceAll('Z"', '"')),
    JSON.stringify({}),
  ];
}

describe('the bundle of the contract', () => {
  it('gives in QuickJS, byte for byte, what the contract gives in Node, for good messages and bad', () => {
    const messages = [...shopMessages(), ...strangeMessages()];
    expect(messages.length).toBeGreaterThan(2_100);
    const outcomes = new Map<string, number>();
    for (const message of messages) {
      const here = takeMessage(message);
      expect(engine.take(message)).toBe(here);
      const { outcome } = JSON.parse(here) as { outcome: string };
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    for (const outcome of ['ok', 'corrected', 'dead']) expect(outcomes.get(outcome)).toBeGreaterThan(10);
    // An interpreter in WebAssembly takes a millisecond or two a message, more where the machine is busy.
  }, 120_000);

  it('needs nothing of its host and leaves it one name', () => {
    expect(script).not.toMatch(/\b(require|import)\s*\(/);
    expect(engine.evaluate('typeof Intl + typeof TextDecoder + typeof process')).toBe('undefined'.repeat(3));
    const names =
      'JSON.stringify(Object.keys(globalThis).filter((name) => typeof globalThis[name] === "function"))';
    expect(JSON.parse(engine.evaluate(names))).toEqual(['takeMessage']);
  });

  it('answers with whole rows: money as text, times to the microsecond, nulls said, ASCII only', () => {
    const answer = engine.take(messageOf(JSON.stringify(exampleOrder), { city: 'São Paulo' }));
    expect(answer).toMatch(/^[\x20-\x7e]*$/);
    const { outcome, rows } = JSON.parse(answer);
    expect(outcome).toBe('ok');
    expect(rows.order_items).toEqual([
      {
        order_id: 'e481f51cbdc54678b7cc49136f2d6af7',
        order_item_id: 1,
        product_id: '87285b34884572647811a353c7ac498a',
        seller_id: '3504c0cb71d7fa48d967e0e4c94d59d9',
        shipping_limit_date: '2024-05-08T13:30:00.000000Z',
        price: '29.99',
        freight_value: '8.72',
        event_id: 'placed-0001',
        version: 1,
        occurred_at: '2024-05-04T13:30:05.250000Z',
        content_hash: rows.orders[0].content_hash,
        corrections: null,
        additional_fields: null,
      },
    ]);
    expect(rows.orders[0].order_approved_at).toBeNull();
    expect(rows.order_events[0]).toMatchObject({
      attributes: '{"city":"São Paulo"}',
      published_at: publishTime,
    });
    expect([rows.customers, rows.dead_letters]).toEqual([[], []]);
  });

  it('keeps of a dead message every byte', () => {
    const bytes = Uint8Array.from({ length: 257 }, (_, i) => i);
    for (let length = 0; length <= 257; length += 64) {
      const body = bytes.subarray(0, length + (length % 3));
      const [letter] = JSON.parse(engine.take(messageOf(body))).rows.dead_letters;
      expect(Buffer.from(letter.payload, 'base64')).toEqual(Buffer.from(body));
    }
  });
});
