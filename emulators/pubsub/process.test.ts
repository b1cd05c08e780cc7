import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { clientsOf, publish, pull, startBench, subscriptionName, withSubscription } from './testing.ts';

const face = fileURLToPath(new URL('./index.ts', import.meta.url));
const script = `
  const { startPubSub } = await import(${JSON.stringify(face)});
  const emulator = await startPubSub(JSON.parse(process.argv[1]));
  console.log(emulator.environment.PUBSUB_EMULATOR_HOST);
  process.once('SIGTERM', () => emulator.stop());
`;
let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

/** The emulator in a process of its own, as `orderlake emulators` has it: without the test runner's loader. */
async function spawnEmulator(options: object): Promise<string> {
  child = spawn(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout!, 'data');
  return String(line).trim();
}

test('stop ends open streams and waiting pulls, and leaves nothing that keeps the process alive', async () => {
  const clients = clientsOf(await spawnEmulator({}));
  await withSubscription(clients, { expirationPolicy: { ttl: { seconds: 86_400 } } });
  const stream = clients.subscriber.streamingPull();
  const streamEnded = new Promise<number>((resolve) =>
    stream.on('error', (error: { code?: number }) => resolve(error.code ?? -1)),
  );
  stream.write({ subscription: subscriptionName, streamAckDeadlineSeconds: 60, maxOutstandingMessages: 1 });
  const delivered = once(stream, 'data');
  await publish(clients, 'a', 'b');
  await delivered;
  await pull(clients);
  const exited = once(child!, 'exit');
  child!.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(await streamEnded).not.toBe(0);
  await clients.close();
});

test('kill -9 loses nothing that was published', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-'));
  const clients = clientsOf(await spawnEmulator({ dataDirectory: folder }));
  await withSubscription(clients);
  const told: string[] = [];
  const publishing = (async () => {
    for (let i = 0; ; i++) {
      await publish(clients, `m${i}`);
      told.push(`m${i}`);
      if (i === 50) child!.kill('SIGKILL');
    }
  })().catch(() => {});
  await once(child!, 'exit');
  await clients.close();
  await publishing;
  const again = await startBench({ dataDirectory: folder });
  const texts = (await pull(again, 1000)).map(({ text }) => text);
  expect(told.length).toBeGreaterThan(50);
  expect(texts.slice(0, told.length)).toEqual(told);
  await again.stop();
  rmSync(folder, { recursive: true });
});
