import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v1 } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import avsc from 'avsc';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Bench, project, startBench, subscriptionName, topicName } from './testing.ts';

let bench: Bench;
let schemas: v1.SchemaServiceClient;
const open = async (options: object = {}): Promise<void> => {
  bench = await startBench(options);
  const [servicePath = '', port] = bench.emulator.environment.PUBSUB_EMULATOR_HOST.split(':');
  schemas = new v1.SchemaServiceClient({
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    projectId: 'test',
  });
};
const close = async (): Promise<void> => {
  await schemas.close();
  await bench.stop();
};
beforeAll(() => open());
afterEach(() => bench.emulator.reset());
afterAll(close);

const name = `${project}/schemas/reading`;
const record = (...fields: object[]): string =>
  JSON.stringify({ type: 'record', name: 'Reading', fields: [{ name: 'id', type: 'long' }, ...fields] });
const first = record();
const second = record({ name: 'unit', type: ['null', 'string'], default: null });
const create = (definition = first, type: 'AVRO' | 'PROTOCOL_BUFFER' = 'AVRO') =>
  schemas.createSchema({ parent: project, schemaId: 'reading', schema: { type, definition } });
const commit = (definition: string) =>
  schemas.commitSchema({ name, schema: { name, type: 'AVRO', definition } });
const publish = (...data: (string | Uint8Array)[]) =>
  bench.publisher.publish({ topic: topicName, messages: data.map((one) => ({ data: Buffer.from(one) })) });
const refusal = (code: number, text = '') => ({ code, details: expect.stringContaining(text) });

test('a schema is created, found by name and revision, listed briefly and deleted', async () => {
  const [made] = await create();
  expect(made).toMatchObject({ name, type: 'AVRO', definition: first });
  expect(made.revisionId).toMatch(/^[0-9a-f]{8}$/);
  await expect(create()).rejects.toMatchObject(refusal(6));
  expect((await schemas.getSchema({ name: `${name}@${made.revisionId}` }))[0].definition).toBe(first);
  expect((await schemas.getSchema({ name, view: 'BASIC' }))[0].definition).toBe('');
  expect((await schemas.listSchemas({ parent: project }))[0]).toMatchObject([{ name, definition: '' }]);
  await schemas.deleteSchema({ name });
  await expect(schemas.getSchema({ name })).rejects.toMatchObject(refusal(5, '(resource=reading)'));
});

test('revisions are committed, listed newest first, rolled back to and deleted', async () => {
  const [one] = await create();
  const [two] = await commit(second);
  const [three] = await schemas.rollbackSchema({ name, revisionId: one.revisionId! });
  expect(three.definition).toBe(first);
  const [all] = await schemas.listSchemaRevisions({ name, view: 'FULL' });
  expect(all.map(({ revisionId }) => revisionId)).toEqual([three, two, one].map((r) => r.revisionId));
  await schemas.deleteSchemaRevision({ name: `${name}@${one.revisionId}` });
  await schemas.deleteSchemaRevision({ name: `${name}@${two.revisionId}` });
  const last = schemas.deleteSchemaRevision({ name: `${name}@${three.revisionId}` });
  await expect(last).rejects.toMatchObject(refusal(9));
});

test.each([
  ['{"type":"foo"}', 'no Avro type'],
  ['not json', 'no Avro type'],
  ['', 'definition is empty'],
])('the definition %j is refused', async (definition, text) => {
  await expect(create(definition)).rejects.toMatchObject(refusal(3, text));
  await expect(
    schemas.validateSchema({ parent: project, schema: { name, type: 'AVRO', definition } }),
  ).rejects.toMatchObject(refusal(3, text));
});

test('Protocol Buffer schemas are refused by name', async () => {
  await expect(create('syntax = "proto3";', 'PROTOCOL_BUFFER')).rejects.toMatchObject(
    refusal(12, 'PROTOCOL_BUFFER'),
  );
});

test('a topic with a JSON schema takes what fits and tells by which revision', async () => {
  const [made] = await create();
  await bench.publisher.createTopic({ name: topicName, schemaSettings: { schema: name, encoding: 'JSON' } });
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName });
  await publish('{"id": 9007199254740993}');
  for (const wrong of ['{"id": "x"}', '{}', 'nonsense', '{"id": 92233720368547758070}'])
    await expect(publish(wrong)).rejects.toMatchObject(refusal(3, 'failed schema validation'));
  await expect(publish('{"id": 1}', '{"id": 0.5}')).rejects.toMatchObject(refusal(3));
  const [{ receivedMessages }] = await bench.subscriber.pull({
    subscription: subscriptionName,
    maxMessages: 10,
  });
  expect(receivedMessages!.map(({ message }) => [String(message!.data), message!.attributes])).toEqual([
    [
      '{"id": 9007199254740993}',
      {
        googclient_schemaname: name,
        googclient_schemaencoding: 'JSON',
        googclient_schemarevisionid: made.revisionId,
      },
    ],
  ]);
});

test('a topic with a binary schema takes one datum, no more and no less', async () => {
  await create(second);
  await bench.publisher.createTopic({
    name: topicName,
    schemaSettings: { schema: name, encoding: 'BINARY' },
  });
  const type = avsc.Type.forSchema(JSON.parse(second), { wrapUnions: true });
  const datum = type.toBuffer({ id: 7, unit: { string: 'mm' } });
  await publish(datum, Buffer.from([...Buffer.from('80808080808080808001', 'hex'), 0]));
  await expect(publish(Buffer.concat([datum, Buffer.from([0])]))).rejects.toMatchObject(refusal(3));
  await expect(publish(datum.subarray(0, 2))).rejects.toMatchObject(refusal(3));
});

test('the revisions that a topic allows are those between its first and its last', async () => {
  const [one] = await create(first);
  const [two] = await commit(record({ name: 'unit', type: 'string' }));
  const settings = { schema: name, encoding: 'JSON' as const };
  await bench.publisher.createTopic({ name: topicName, schemaSettings: settings });
  await publish('{"id": 1}', '{"id": 1, "unit": "mm"}');
  const schemaSettings = { ...settings, firstRevisionId: two.revisionId!, lastRevisionId: two.revisionId! };
  await bench.publisher.updateTopic({
    topic: { name: topicName, schemaSettings },
    updateMask: { paths: ['schema_settings'] },
  });
  await expect(publish('{"id": 1}')).rejects.toMatchObject(refusal(3));
  expect(one.revisionId).not.toBe(two.revisionId);
});

test('a message is tried against a stored schema or one that comes with it', async () => {
  await create();
  const message = (text: string) => ({ message: Buffer.from(text), encoding: 'JSON' as const });
  await schemas.validateMessage({ parent: project, name, ...message('{"id": 1}') });
  const schema = { type: 'AVRO' as const, definition: '"string"' };
  await schemas.validateMessage({ parent: project, schema, ...message('"x"') });
  await expect(schemas.validateMessage({ parent: project, schema, ...message('1') })).rejects.toMatchObject(
    refusal(3),
  );
});

test('publishing to a topic whose schema was deleted is refused; a topic needs a schema that exists', async () => {
  const schemaSettings = { schema: name, encoding: 'JSON' as const };
  await expect(bench.publisher.createTopic({ name: topicName, schemaSettings })).rejects.toMatchObject(
    refusal(5),
  );
  await create();
  await bench.publisher.createTopic({ name: topicName, schemaSettings });
  await schemas.deleteSchema({ name });
  const [topic] = await bench.publisher.getTopic({ topic: topicName });
  expect(topic.schemaSettings!.schema).toBe('_deleted-schema_');
  await expect(publish('{"id": 1}')).rejects.toMatchObject(refusal(9));
});

test('schemas and their revisions outlive a restart', async () => {
  await close();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'pubsub-schemas-'));
  await open({ dataDirectory });
  const [one] = await create();
  const [two] = await commit(second);
  await close();
  await open({ dataDirectory });
  const [all] = await schemas.listSchemaRevisions({ name, view: 'FULL' });
  expect(all).toEqual([two, one]);
  rmSync(dataDirectory, { recursive: true });
});
