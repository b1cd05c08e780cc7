import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectHistory, ObjectRecord } from '../records.ts';
import { ObjectLog } from './object-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = () => join(folder, 'objects.jsonl');

function historyOf(name: string, generation: number): ObjectHistory {
  const live = generation === 0 ? undefined : ({ bucket: 'b', name, generation } as ObjectRecord);
  return { name, live, noncurrent: [] };
}

function write(...changes: readonly (readonly [string, number])[]): void {
  const log = new ObjectLog(folder);
  for (const [name, generation] of changes) log.save(historyOf(name, generation));
  log.close();
}

function read(): Map<string, number | undefined> {
  const log = new ObjectLog(folder);
  log.close();
  return new Map(log.objects.map(({ name, live }) => [name, live?.generation]));
}

describe('the log of a bucket', () => {
  test('says what held last of every name, and nothing of what is gone', () => {
    const change = fc.tuple(fc.constantFrom('a', 'b\n', 'ü'), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.nat({ max: 20 }), (changes, restart) => {
        rmSync(path(), { force: true });
        write(...changes.slice(0, restart));
        write(...changes.slice(restart));
        const expected = new Map(changes);
        for (const [name, generation] of expected) if (generation === 0) expected.delete(name);
        expect(read()).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('cut off by a kill at any byte of its last line, is as it was before, and goes on', () => {
    write(['a', 1], ['b', 1]);
    const whole = readFileSync(path());
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let end = lastLine; end < whole.length; end++) {
      writeFileSync(path(), whole.subarray(0, end));
      expect(read()).toEqual(new Map([['a', 1]]));
      write(['c', 2]);
      expect(read()).toEqual(
        new Map([
          ['a', 1],
          ['c', 2],
        ]),
      );
    }
  });

  test('is written anew when most of it is outdated, and goes on', () => {
    const log = new ObjectLog(folder);
    for (let generation = 1; generation <= 2500; generation++)
      log.save(historyOf(`${generation % 3}`, generation));
    expect(readFileSync(path(), 'utf8').split('\n').length).toBeLessThan(1100);
    log.save(historyOf('0', 9999));
    log.close();
    expect(read()).toEqual(
      new Map([
        ['2', 2498],
        ['0', 9999],
        ['1', 2500],
      ]),
    );
  });

  test('that somebody else spoilt is refused by its name', () => {
    appendFileSync(path(), 'not json\n');
    expect(() => new ObjectLog(folder)).toThrow(path());
  });
});
