import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exampleResources } from './example.ts';
import { tableMetadata } from './local/bigquery.ts';
import { synth } from './stacks/index.ts';

test('the stack and the local run make the same tables of the same definition', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orderlake-agreement-'));
  try {
    const resources = exampleResources();
    const { file } = await synth(resources, folder);
    const stack = JSON.parse(await readFile(file, 'utf8')).resource.google_bigquery_table;
    for (const table of resources.tables) {
      const args = stack[`${table.dataset}_${table.name}`];
      const inRest = {
        description: args.description,
        schema: { fields: JSON.parse(args.schema) },
        clustering: args.clustering && { fields: args.clustering },
        maxStaleness: args.max_staleness,
        requirePartitionFilter: args.require_partition_filter,
        tableConstraints: args.table_constraints && {
          primaryKey: { columns: args.table_constraints.primary_key.columns },
        },
        timePartitioning: args.time_partitioning,
      };
      expect(tableMetadata(table)).toEqual(inRest);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
