import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, type World } from '../world.ts';

/** An endpoint that answers as it is told, the last answer for ever. */
async function withEndpoint(
  answers: number[],
  use: (url: string, bodies: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.statusCode = (answers.length > 1 ? answers.shift() : answers[0]) ?? 204;
    response.end();
    server.emit('body', body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const next = async (): Promise<string> => (await once(server, 'body'))[0];
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, next);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const loopback = { needsLoopback: true };

async function stopPushing(world: World, subscription: string): Promise<void> {
  await world.server.subscriber.modifyPushConfig({ subscription, pushConfig: {} });
}

export const push: Chapter = {
  name: 'Push',
  scenarios: [
    scenario(
      'a message is posted as JSON, and a 2xx answer acknowledges it',
      (world) =>
        withEndpoint([204], async (pushEndpoint, next) => {
          const { topic, subscription } = await world.pair({ pushConfig: { pushEndpoint } });
          const body = next();
          await world.publish(topic, { data: 'a', attributes: { k: 'v' } });
          const posted = JSON.parse(await body);
          assert.equal(posted.subscription, subscription);
          assert.equal(Buffer.from(posted.message.data, 'base64').toString(), 'a');
          assert.deepEqual(posted.message.attributes, { k: 'v' });
          await stopPushing(world, subscription);
        }),
      loopback,
    ),
    scenario(
      'any other answer brings it again',
      (world) =>
        withEndpoint([500, 204], async (pushEndpoint, next) => {
          const { topic, subscription } = await world.pair({ pushConfig: { pushEndpoint } });
          const first = next();
          await world.publish(topic, 'a');
          await first;
          const second = next();
          let arrived = false;
          void second.then(() => {
            arrived = true;
          });
          // The back-off begins when the server has read the refusal, some moment after it was sent.
          for (let i = 0; i < 50 && !arrived; i++) {
            await world.passSeconds(1);
            await sleep(20);
          }
          assert.ok(arrived, 'expected the message to be posted again');
          assert.equal(JSON.parse(await second).subscription, subscription);
          await stopPushing(world, subscription);
        }),
      loopback,
    ),
    scenario('exactly-once with push is INVALID_ARGUMENT', async (world) => {
      const pushConfig = { pushEndpoint: 'http://127.0.0.1:9/' };
      await refused(world.pair({ pushConfig, enableExactlyOnceDelivery: true }), codes.invalid);
    }),
  ],
};
