import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportMetrics } from './telemetry.ts';

const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const moreVariable = 'OTEL_RESOURCE_ATTRIBUTES';
let collector: Server;
let bodies: string[];

beforeEach(async () => {
  bodies = [];
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(`${request.url} ${Buffer.concat(chunks).toString()}`);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
});
afterEach(() => {
  for (const name of [variable, moreVariable]) delete process.env[name];
  collector.closeAllConnections();
  collector.close();
});

test('metrics go to the collector that the environment names, with the names of the service and of this run', async () => {
  process.env[variable] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env[moreVariable] = 'deployment.environment=test';
  const telemetry = await exportMetrics('worker', process.env, 'run-7');
  metrics.getMeter('test').createCounter('orderlake.received').add(3, { lane: 'bigquery' });
  await telemetry.shutdown();
  expect(bodies).toHaveLength(1);
  const [url, body] = [bodies[0]!.slice(0, 11), JSON.parse(bodies[0]!.slice(12))];
  expect(url).toBe('/v1/metrics');
  const [resource] = body.resourceMetrics;
  const attributes: { key: string; value: { stringValue: string } }[] = resource.resource.attributes;
  expect(Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))).toEqual({
    'service.name': 'worker',
    'service.instance.id': 'run-7',
    'deployment.environment': 'test',
  });
  const [metric] = resource.scopeMetrics[0].metrics;
  expect([metric.name, metric.sum.dataPoints[0].asDouble]).toEqual(['orderlake.received', 3]);
});

test('without a collector nothing is loaded and nothing is sent', async () => {
  const telemetry = await exportMetrics('worker', {});
  metrics.getMeter('test').createCounter('orderlake.received').add(3);
  await telemetry.shutdown();
  expect(bodies).toEqual([]);
});

test('a collector that is away does not hold the shutdown back', async () => {
  process.env[variable] = 'http://127.0.0.1:1';
  const telemetry = await exportMetrics('worker', process.env);
  metrics.getMeter('test').createCounter('orderlake.received').add(3);
  const begun = performance.now();
  await telemetry.shutdown();
  expect(performance.now() - begun).toBeLessThan(5_000);
});
