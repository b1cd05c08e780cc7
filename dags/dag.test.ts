import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dag, defineDag, levels, standardRetry, type Task } from './index.ts';

const task = <const K extends string = never>(...after: K[]): Task<K> => ({
  procedure: 'ops.build',
  scope: 'day',
  after,
  retry: standardRetry,
  timeoutSeconds: 60,
});
const head = {
  name: 'nightly',
  description: 'A DAG.',
  schedule: { cron: '0 23 * * *', timeZone: 'America/Sao_Paulo' },
  plan: { toBuild: 'ops.to_build', withData: 'ops.with_data' },
};
const dagOf = (tasks: Record<string, readonly string[]>): Dag =>
  defineDag<string>({
    ...head,
    tasks: Object.fromEntries(Object.entries(tasks).map(([name, after]) => [name, task(...after)])),
  });

describe('a DAG', () => {
  test('comes apart into levels whose tasks need nothing from one another', () => {
    const dag = defineDag({ ...head, tasks: { a: task(), b: task('a'), c: task('a'), d: task('b', 'c') } });
    expect(levels(dag)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  test('does not compile with a dependency that is not a task', () => {
    const define = () =>
      defineDag({
        ...head,
        // @ts-expect-error "z" is no task of this DAG
        tasks: { a: task(), b: task('z') },
      });
    expect(define).toThrow(/task b of nightly comes after a task that does not exist.*got z/);
  });

  test('with a cycle is refused, and the way round is shown', () => {
    expect(() => dagOf({ a: [], b: ['a', 'd'], c: ['b'], d: ['c'] })).toThrow(
      /the tasks of nightly need one another.*b after d after c after b/,
    );
  });

  test.each(['Model', 'a-b', '', '1a', 'ü', `\${a}`])('refuses the task name %j', (name) => {
    expect(() => dagOf({ [name]: [] })).toThrow(/name of a DAG or task is not allowed/);
  });

  test('refuses a procedure that is not named dataset.name', () => {
    const tasks = { a: { ...task(), procedure: 'ops.x`(@day); DROP TABLE t' } };
    expect(() => defineDag({ ...head, tasks })).toThrow(/a procedure is named wrongly/);
  });

  test('puts every task once, and after all that it needs, whatever the graph', () => {
    // Edges only from later to earlier names: always without a cycle.
    const graphs = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.tuple(
          ...Array.from({ length: size }, (_none, index) =>
            fc.subarray(Array.from({ length: index }, (_n, i) => i)),
          ),
        ),
      );
    fc.assert(
      fc.property(graphs, (edges) => {
        const dag = dagOf(
          Object.fromEntries(edges.map((after, i) => [`t${i}`, after.map((other) => `t${other}`)])),
        );
        const sorted = levels(dag);
        const levelOf = new Map(
          sorted.flatMap((names, level) => names.map((name) => [name, level] as const)),
        );
        expect(sorted.flat().length).toBe(edges.length);
        for (const [name, { after }] of Object.entries(dag.tasks)) {
          for (const other of after) expect(levelOf.get(other)!).toBeLessThan(levelOf.get(name)!);
        }
      }),
    );
  });
});
