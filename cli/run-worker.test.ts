import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChild } from './child.ts';

/** Takes every connection and says nothing: a service that is about to come up, or that just died. */
const sockets: Socket[] = [];
const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
let host: string;
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test.each(['bigquery', 'iceberg'])(
  'a %s worker that is asked to end while it starts ends, though no service answers',
  async (sink) => {
    const reached = once(silent, 'connection');
    const worker = startChild(
      ['worker', '--json', '--sinks', sink, '--project', 'p', '--log-level', 'warn'],
      {
        PUBSUB_EMULATOR_HOST: host,
        STORAGE_EMULATOR_HOST: `http://${host}`,
        BIGQUERY_EMULATOR_HOST: `http://${host}/bigquery/v2`,
        BIGQUERY_STORAGE_WRITE_HOST: host,
      },
    );
    await reached;
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
  },
  30_000,
);
