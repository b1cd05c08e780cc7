import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ForeignKey } from '../engine/metadata.ts';
import { Bench } from '../testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.query(
    `CREATE SCHEMA k;
     CREATE TABLE k.shelves (room INT64, shelf INT64, PRIMARY KEY (room, shelf) NOT ENFORCED);
     CREATE TABLE k.books (id INT64, room INT64, shelf INT64, follows INT64, PRIMARY KEY (id) NOT ENFORCED,
       CONSTRAINT stands FOREIGN KEY (room, shelf) REFERENCES k.shelves(room, shelf) NOT ENFORCED,
       FOREIGN KEY (follows) REFERENCES k.books(id) NOT ENFORCED)`,
  );
});
afterAll(() => bench.stop());

const names = async (): Promise<readonly unknown[]> =>
  (
    await bench.rows(
      "SELECT constraint_name FROM k.INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE table_name = 'books' ORDER BY 1",
    )
  ).map(([name]) => name);
const foreignKeys = async (): Promise<readonly ForeignKey[]> =>
  (
    await bench.send<{ tableConstraints: { foreignKeys: readonly ForeignKey[] } }>(
      'GET',
      '/projects/lab/datasets/k/tables/books',
    )
  ).tableConstraints.foreignKeys;

test('foreign keys are told over REST, in INFORMATION_SCHEMA and in the DDL', async () => {
  expect(await foreignKeys()).toEqual([
    {
      name: 'stands',
      referencedTable: { projectId: 'lab', datasetId: 'k', tableId: 'shelves' },
      columnReferences: [
        { referencingColumn: 'room', referencedColumn: 'room' },
        { referencingColumn: 'shelf', referencedColumn: 'shelf' },
      ],
    },
    {
      referencedTable: { projectId: 'lab', datasetId: 'k', tableId: 'books' },
      columnReferences: [{ referencingColumn: 'follows', referencedColumn: 'id' }],
    },
  ]);
  expect(await names()).toEqual(['books.fk$2', 'books.pk$', 'stands']);
  expect(
    await bench.value("SELECT ddl FROM k.INFORMATION_SCHEMA.TABLES WHERE table_name = 'books'"),
  ).toContain(
    '  CONSTRAINT stands FOREIGN KEY (room, shelf) REFERENCES `lab.k.shelves`(room, shelf) NOT ENFORCED',
  );
});

test('they are not enforced', async () => {
  await bench.query('INSERT k.books (id, room, shelf) VALUES (1, 9, 9)');
  expect(await bench.value('SELECT COUNT(*) FROM k.books')).toBe(1);
});

test('they are added and dropped, and the primary key goes without them', async () => {
  await bench.query('ALTER TABLE k.books DROP CONSTRAINT stands');
  expect(await names()).toEqual(['books.fk$1', 'books.pk$']);
  await expect(bench.query('ALTER TABLE k.books DROP CONSTRAINT stands')).rejects.toThrow(
    /not found: stands/,
  );
  await bench.query(
    'ALTER TABLE k.books ADD CONSTRAINT again FOREIGN KEY (room, shelf) REFERENCES k.shelves(room, shelf) NOT ENFORCED',
  );
  await bench.query('ALTER TABLE k.books DROP PRIMARY KEY');
  expect(await names()).toEqual(['again', 'books.fk$1']);
});

test('they refer to the primary key of a table that is there', async () => {
  const made = (reference: string) =>
    bench.query(`CREATE TABLE k.x (room INT64, FOREIGN KEY (room) REFERENCES ${reference} NOT ENFORCED)`);
  await expect(made('k.nowhere(room)')).rejects.toThrow('Not found: Table lab:k.nowhere');
  await expect(made('k.shelves(room)')).rejects.toThrow(
    /primary key \(room, shelf\) of lab:k.shelves, got \(room\)/,
  );
  await expect(
    bench.query('CREATE TABLE k.x (n INT64, FOREIGN KEY (m) REFERENCES k.shelves(room) NOT ENFORCED)'),
  ).rejects.toThrow(/Column not found: m/);
});
