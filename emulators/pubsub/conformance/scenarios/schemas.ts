import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, servedOrRefusedByName, type World } from '../world.ts';

const avro = (...fields: string[]): string =>
  JSON.stringify({ type: 'record', name: 'R', fields: fields.map((name) => ({ name, type: 'string' })) });

async function create(world: World, definition: string): Promise<{ name: string; revisionId: string }> {
  const name = world.name('schemas');
  const schemaId = name.split('/').at(-1) ?? '';
  const schema = { type: 'AVRO' as const, definition };
  const [made] = await world.server.schemas.createSchema({ parent: world.server.project, schemaId, schema });
  return { name, revisionId: made.revisionId ?? '' };
}

export const schemas: Chapter = {
  name: 'Schemas',
  scenarios: [
    scenario('an Avro schema is created, read and deleted', async (world) => {
      const { name } = await create(world, avro('a'));
      const [found] = await world.server.schemas.getSchema({ name, view: 'FULL' });
      assert.equal(found.definition, avro('a'));
      await world.server.schemas.deleteSchema({ name });
      await refused(world.server.schemas.getSchema({ name }), codes.notFound);
    }),
    scenario('a definition that is no schema is INVALID_ARGUMENT', async (world) => {
      await refused(create(world, '{"type":"nonsense"}'), codes.invalid);
    }),
    scenario('a definition of more than 300 KB is INVALID_ARGUMENT', async (world) => {
      await refused(create(world, `${avro('a')}${' '.repeat(300 * 1024)}`), codes.invalid);
    }),
    scenario('a schema of Protocol Buffers is served or refused by name', async (world) => {
      const name = world.name('schemas');
      const call = world.server.schemas.createSchema({
        parent: world.server.project,
        schemaId: name.split('/').at(-1) ?? '',
        schema: { type: 'PROTOCOL_BUFFER', definition: 'syntax = "proto3"; message M { string a = 1; }' },
      });
      await servedOrRefusedByName(call, 'PROTOCOL_BUFFER');
    }),
    scenario('more than 20 revisions of a schema are refused', async (world) => {
      const { name } = await create(world, avro('a'));
      const commit = (field: string) =>
        world.server.schemas.commitSchema({ name, schema: { name, type: 'AVRO', definition: avro(field) } });
      for (let i = 2; i <= 20; i++) await commit(`a${i}`);
      await assert.rejects(commit('a21'));
    }),
    scenario('revisions are committed, listed and rolled back to', async (world) => {
      const { name, revisionId } = await create(world, avro('a'));
      const schema = { name, type: 'AVRO' as const, definition: avro('a', 'b') };
      await world.server.schemas.commitSchema({ name, schema });
      const [back] = await world.server.schemas.rollbackSchema({ name, revisionId });
      assert.equal(back.definition, avro('a'));
      assert.equal((await world.server.schemas.listSchemaRevisions({ name }))[0].length, 3);
    }),
    scenario('a topic refuses JSON that does not fit, and takes what does', async (world) => {
      const { name } = await create(world, avro('a'));
      const topic = await world.topic({ schemaSettings: { schema: name, encoding: 'JSON' } });
      await world.publish(topic, '{"a":"x"}');
      await refused(world.publish(topic, '{"a":1}'), codes.invalid);
      await refused(world.publish(topic, 'x'), codes.invalid);
    }),
    scenario('a topic refuses binary data that does not fit, and takes what does', async (world) => {
      const { name } = await create(world, avro('a'));
      const topic = await world.topic({ schemaSettings: { schema: name, encoding: 'BINARY' } });
      await world.publish(topic, '\x02x');
      await refused(world.publish(topic, '\x10x'), codes.invalid);
    }),
    scenario('a message is told by which schema it is valid', async (world) => {
      const { name, revisionId } = await create(world, avro('a'));
      const topic = await world.topic({ schemaSettings: { schema: name, encoding: 'JSON' } });
      const subscription = await world.subscription(topic);
      await world.publish(topic, '{"a":"x"}');
      const [got] = await world.pull(subscription, 1);
      assert.deepEqual(got?.attributes, {
        googclient_schemaencoding: 'JSON',
        googclient_schemaname: name,
        googclient_schemarevisionid: revisionId,
      });
    }),
    scenario('ValidateMessage judges without publishing', async (world) => {
      const schema = { type: 'AVRO' as const, definition: avro('a') };
      const judge = (text: string) =>
        world.server.schemas.validateMessage({
          parent: world.server.project,
          schema,
          message: Buffer.from(text),
          encoding: 'JSON',
        });
      await judge('{"a":"x"}');
      await refused(judge('{"a":1}'), codes.invalid);
    }),
  ],
};
