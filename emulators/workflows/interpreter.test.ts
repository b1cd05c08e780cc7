// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of Workflows are written so.
import { describe, expect, test } from 'vitest';
import { DrivenClock } from '../frame/index.ts';
import { contextOf, type ExecutionHost, Interpreter } from './interpreter.ts';
import { Raised } from './raised.ts';
import { readWorkflow } from './steps/read-workflow.ts';
import type { Value, ValueMap } from './value.ts';

/** Runs a definition in virtual time: a sleep is over as soon as nothing else is to be done. */
async function run(steps: object[], options: { argument?: Value; more?: object } = {}) {
  const clock = new DrivenClock();
  const logs: ValueMap[] = [];
  const slept: number[] = [];
  const host: ExecutionHost = {
    bigqueryBase: 'http://127.0.0.1:9',
    signal: new AbortController().signal,
    now: () => clock.now() / 1000,
    sleep: async (seconds) => {
      slept.push(seconds);
      clock.advance(seconds * 1000);
    },
    environment: () => undefined,
    log: (entry) => void logs.push(entry),
  };
  const source = JSON.stringify({ main: { params: ['input'], steps }, ...options.more });
  const outcome = await new Interpreter(readWorkflow(source), host).run(options.argument ?? null).then(
    (result) => ({ result }),
    (error: unknown) => {
      if (error instanceof Raised) return { raised: error.value, context: contextOf(error) };
      throw error;
    },
  );
  return { ...outcome, logs, slept };
}

const resultOf = async (steps: object[], options = {}): Promise<unknown> => {
  const outcome = await run(steps, options);
  return 'result' in outcome ? outcome.result : outcome;
};

describe('variables', () => {
  test('are assigned one after the other, in maps and lists too', async () => {
    const assign = [
      { a: 1 },
      { b: '${a + 1}' },
      { map: { list: [1, 2], 'a key': 0 } },
      { 'map.new': '${b}' },
      { 'map.list[1]': 7 },
      { 'map["a key"]': true },
      { 'map.deep.er': 'x' },
    ];
    expect(await resultOf([{ s: { assign } }, { r: { return: '${map}' } }])).toEqual({
      list: [1, 7],
      'a key': true,
      new: 2,
      deep: { er: 'x' },
    });
  });

  test('hold values, not references', async () => {
    const assign = [{ a: { n: 1 } }, { b: '${a}' }, { 'b.n': 2 }];
    expect(await resultOf([{ s: { assign } }, { r: { return: '${a.n}' } }])).toBe(1);
  });

  test('that were never assigned raise an error, also beyond the end of a list', async () => {
    expect(await run([{ r: { return: '${nothing}' } }])).toMatchObject({ raised: { tags: ['KeyError'] } });
    const assign = [{ list: [] }, { 'list[0]': 1 }];
    expect(await run([{ s: { assign } }])).toMatchObject({ raised: { tags: ['IndexError'] } });
  });

  test('the argument is the parameter of main; without a return the result is null', async () => {
    expect(await resultOf([{ r: { return: '${input.days[0]}' } }], { argument: { days: ['d'] } })).toBe('d');
    expect(await resultOf([{ s: { assign: [{ a: 1 }] } }])).toBe(null);
  });
});

describe('steps', () => {
  test('switch takes the first condition that holds, else goes on', async () => {
    const steps = [
      {
        s: {
          switch: [
            { condition: '${input == 1}', return: 'one' },
            { condition: '${input == 2}', next: 'two' },
            { condition: '${input == 3}', steps: [{ t: { assign: [{ x: 'three' }] } }] },
          ],
          next: 'other',
        },
      },
      { two: { return: 'two' } },
      { other: { return: '${if(input == 3, "3", "other")}' } },
    ];
    const results = await Promise.all([1, 2, 3, 4].map((argument) => resultOf(steps, { argument })));
    expect(results).toEqual(['one', 'two', '3', 'other']);
  });

  test('a condition that is not boolean is a TypeError', async () => {
    const outcome = await run([{ s: { switch: [{ condition: '${1}', next: 'end' }] } }]);
    expect(outcome).toMatchObject({ raised: { tags: ['TypeError'] } });
  });

  test('next jumps back too, and "end" ends the routine', async () => {
    const steps = [
      { start: { assign: [{ n: 0 }] } },
      { count: { assign: [{ n: '${n + 1}' }] } },
      { again: { switch: [{ condition: '${n < 3}', next: 'count' }] } },
      { log: { call: 'sys.log', args: { text: '${string(n)}' }, next: 'end' } },
      { never: { return: 'never' } },
    ];
    expect(await run(steps)).toMatchObject({ result: null, logs: [{ text: '3' }] });
  });

  test('for goes over a list with its index, and knows break and continue', async () => {
    const body = [
      { skip: { switch: [{ condition: '${v == "b"}', next: 'continue' }] } },
      { stop: { switch: [{ condition: '${v == "d"}', next: 'break' }] } },
      { add: { assign: [{ seen: '${list.concat(seen, v + string(i))}' }] } },
    ];
    const steps = [
      { start: { assign: [{ seen: [] }] } },
      { loop: { for: { value: 'v', index: 'i', in: ['a', 'b', 'c', 'd', 'e'], steps: body } } },
      { done: { return: '${seen}' } },
    ];
    expect(await resultOf(steps)).toEqual(['a0', 'c2']);
  });

  test('for goes over a range, both ends included; its variables end with it', async () => {
    const loop = {
      for: { value: 'v', range: [1, 3], steps: [{ add: { assign: [{ sum: '${sum + v}' }, { own: 1 }] } }] },
    };
    const start = { start: { assign: [{ sum: 0 }] } };
    expect(await resultOf([start, { loop }, { r: { return: '${sum}' } }])).toBe(6);
    expect(await run([start, { loop }, { r: { return: '${own}' } }])).toMatchObject({
      raised: { tags: ['KeyError'] },
    });
  });

  test('return within a loop ends the routine', async () => {
    const loop = { for: { value: 'v', in: [1, 2], steps: [{ r: { return: '${v}' } }] } };
    expect(await resultOf([{ loop }, { r: { return: 'after' } }])).toBe(1);
  });

  test('a subworkflow has variables of its own and standard values for parameters', async () => {
    const more = { twice: { params: ['n', { by: 2 }], steps: [{ r: { return: '${n * by}' } }] } };
    const steps = [
      { a: { call: 'twice', args: { n: 4 }, result: 'x' } },
      { b: { call: 'twice', args: { n: 4, by: 3 }, result: 'y' } },
      { r: { return: '${x + y}' } },
    ];
    expect(await resultOf(steps, { more })).toBe(20);
    const peek = { peek: { steps: [{ r: { return: '${hidden}' } }] } };
    const outcome = await run([{ s: { assign: [{ hidden: 1 }] } }, { p: { call: 'peek' } }], { more: peek });
    expect(outcome).toMatchObject({ raised: { tags: ['KeyError'] } });
  });

  test('endless recursion and endless loops end with an error', async () => {
    const more = { again: { steps: [{ a: { call: 'again' } }] } };
    expect(await run([{ a: { call: 'again' } }], { more })).toMatchObject({
      raised: { tags: ['RecursionError'] },
    });
    expect(await run([{ a: { next: 'b' } }, { b: { next: 'a' } }])).toMatchObject({
      raised: { tags: ['ResourceLimitError'] },
    });
  });
});

describe('errors', () => {
  test('what nothing excepts fails the execution, with the step and the routine', async () => {
    const more = { sub: { steps: [{ inner: { raise: { code: 7, message: 'no' } } }] } };
    const outcome = await run([{ outer: { call: 'sub' } }], { more });
    expect(outcome).toMatchObject({
      raised: { code: 7, message: 'no' },
      context: '{"code":7,"message":"no"}\nin step "inner", routine "sub"',
    });
  });

  test('except gets the value that was raised, text too, and its variable ends with it', async () => {
    const attempt = {
      try: { steps: [{ bad: { raise: 'broken' } }] },
      except: { as: 'e', steps: [{ keep: { assign: [{ seen: '${e}' }] } }] },
    };
    const start = { start: { assign: [{ seen: '' }] } };
    expect(await resultOf([start, { attempt }, { r: { return: '${seen}' } }])).toBe('broken');
    expect(await run([start, { attempt }, { r: { return: '${e}' } }])).toMatchObject({
      raised: { tags: ['KeyError'] },
    });
  });

  test('errors of expressions have tags to decide on', async () => {
    const attempt = {
      try: { steps: [{ bad: { assign: [{ x: '${1 / 0}' }] } }] },
      except: { as: 'e', steps: [{ r: { return: '${"ZeroDivisionError" in e.tags}' } }] },
    };
    expect(await resultOf([{ attempt }])).toBe(true);
  });

  const flaky = (fails: number, retry: object): object[] => [
    { start: { assign: [{ tries: 0 }] } },
    {
      work: {
        try: {
          steps: [
            { count: { assign: [{ tries: '${tries + 1}' }] } },
            {
              bad: {
                switch: [{ condition: `\${tries <= ${fails}}`, steps: [{ r: { raise: { code: 503 } } }] }],
              },
            },
          ],
        },
        retry,
        except: { as: 'e', steps: [{ gave_up: { return: '${"gave up after " + string(tries)}' } }] },
      },
    },
    { done: { return: '${tries}' } },
  ];
  const more = {
    busy: { params: ['e'], steps: [{ r: { return: '${e.code == 503}' } }] },
    never: { params: ['e'], steps: [{ r: { return: false } }] },
  };
  const policy = (predicate: string, max_retries: number): object => ({
    predicate: `\${${predicate}}`,
    max_retries,
    backoff: { initial_delay: 1, max_delay: 5, multiplier: 3 },
  });

  test('retry runs the whole body again, waiting longer each time up to the most', async () => {
    const outcome = await run(flaky(4, policy('busy', 5)), { more });
    expect(outcome).toMatchObject({ result: 5, slept: [1, 3, 5, 5] });
  });

  test('after the last retry the error goes to except', async () => {
    expect(await run(flaky(9, policy('busy', 2)), { more })).toMatchObject({
      result: 'gave up after 3',
      slept: [1, 3],
    });
  });

  test('what the predicate does not take is not retried', async () => {
    expect(await run(flaky(9, policy('never', 5)), { more })).toMatchObject({
      result: 'gave up after 1',
      slept: [],
    });
  });
});

describe('parallel', () => {
  test('branches share the variables that are named, and run side by side', async () => {
    const branch = (name: string, seconds: number): object => ({
      [name]: {
        steps: [
          { [`${name}_wait`]: { call: 'sys.sleep', args: { seconds } } },
          { [`${name}_add`]: { assign: [{ seen: `\${list.concat(seen, "${name}")}` }] } },
        ],
      },
    });
    const steps = [
      { start: { assign: [{ seen: [] }] } },
      { both: { parallel: { shared: ['seen'], branches: [branch('a', 1), branch('b', 2)] } } },
      { done: { return: '${seen}' } },
    ];
    expect(await resultOf(steps)).toEqual(['a', 'b']);
  });

  test('a loop runs its iterations at once, no more than the limit', async () => {
    const body = [
      { begin: { assign: [{ now: '${now + 1}' }, { most: '${if(now > most, now, most)}' }] } },
      { wait: { call: 'sys.sleep', args: { seconds: 1 } } },
      { finish: { assign: [{ now: '${now - 1}' }] } },
    ];
    const steps = [
      { start: { assign: [{ now: 0 }, { most: 0 }] } },
      {
        all: {
          parallel: {
            shared: ['now', 'most'],
            concurrency_limit: 3,
            for: { value: 'v', range: [1, 9], steps: body },
          },
        },
      },
      { done: { return: '${most}' } },
    ];
    expect(await resultOf(steps)).toBe(3);
  });

  test('the other branches end before the failure of one is raised', async () => {
    const steps = [
      { start: { assign: [{ seen: [] }] } },
      {
        work: {
          try: {
            steps: [
              {
                both: {
                  parallel: {
                    shared: ['seen'],
                    branches: [
                      { l: { steps: [{ bad: { raise: 'left' } }] } },
                      {
                        r: {
                          steps: [
                            { wait: { call: 'sys.sleep', args: { seconds: 1 } } },
                            { add: { assign: [{ seen: '${list.concat(seen, "r")}' }] } },
                          ],
                        },
                      },
                    ],
                  },
                },
              },
            ],
          },
          except: { as: 'e', steps: [{ r: { return: { error: '${e}', seen: '${seen}' } } }] },
        },
      },
    ];
    expect(await resultOf(steps)).toMatchObject({
      error: { tags: ['UnhandledBranchError'], branches: [{ id: '0', error: { payload: 'left' } }] },
      seen: ['r'],
    });
  });
});
