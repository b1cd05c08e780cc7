import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { avroSchema, derivedFiles, eventTypes, exampleEvents, schemaDirectory } from './index.ts';

const root = new URL('../', import.meta.url);

describe('the files that follow from the contract', () => {
  it.each([...derivedFiles()])('%s says what the contract says', (path, text) => {
    const committed = readFileSync(new URL(path, root), 'utf8');
    expect(committed, 'stale: run `npm run orderlake -- contract generate`').toBe(text);
  });

  it('are all that lies in their directory', () => {
    const directory = fileURLToPath(new URL(`${schemaDirectory}/`, root));
    const found = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${schemaDirectory}/${relative(directory, join(entry.parentPath, entry.name))}`);
    const expected = [...derivedFiles().keys()].filter((path) => path.startsWith(schemaDirectory));
    expect(found.sort()).toEqual(expected.sort());
  });
});

describe('the Avro schema', () => {
  it.each([...eventTypes])('of %s takes its example, and gives it back', (type) => {
    const schema = avro.Type.forSchema(avroSchema(type) as unknown as avro.Schema);
    const example = structuredClone(exampleEvents[type]) as unknown;
    expect(schema.isValid(example)).toBe(true);
    expect(JSON.parse(JSON.stringify(schema.fromBuffer(schema.toBuffer(example))))).toEqual(example);
    expect(schema.isValid({ ...(example as object), occurred_at: 5 })).toBe(false);
  });
});
