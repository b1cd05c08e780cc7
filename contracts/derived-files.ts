import { avroSchema } from './avro-schema.ts';
import { bigquerySchema } from './bigquery-schema.ts';
import { dataDictionary } from './data-dictionary.ts';
import { events, eventTypes } from './events.ts';
import { icebergSchema } from './iceberg-schema.ts';
import { jsonSchema } from './json-schema.ts';
import { plainReaderSource } from './plain-reader-source.ts';
import { rowDescriptor } from './row-descriptor.ts';
import { rowMakerSource } from './row-maker-source.ts';
import { type Table, tables } from './tables.ts';

/** Where the schemas and the generated code lie, from the root of the repository; nothing else lies there. */
export const schemaDirectory = 'contracts/generated';

/** Every file that others read and that follows from the contract: its path in the repository, and its text. */
export function derivedFiles(): ReadonlyMap<string, string> {
  const files = new Map([['docs/data-dictionary.md', dataDictionary()]]);
  const add = (path: string, schema: unknown) =>
    files.set(`${schemaDirectory}/${path}`, `${JSON.stringify(schema, null, 2)}\n`);
  files.set(`${schemaDirectory}/plain-readers.ts`, plainReaderSource());
  files.set(`${schemaDirectory}/row-makers.ts`, rowMakerSource());
  for (const type of eventTypes) {
    const name = `${type}.v${events[type].schemaVersion}`;
    add(`json-schema/${name}.json`, jsonSchema(type));
    add(`avro/${name}.avsc`, avroSchema(type));
  }
  for (const table of Object.values(tables) as Table[]) {
    add(`bigquery/${table.name}.json`, bigquerySchema(table));
    add(`iceberg/${table.name}.json`, icebergSchema(table));
    add(`storage-write/${table.name}.json`, rowDescriptor(table));
  }
  return files;
}
