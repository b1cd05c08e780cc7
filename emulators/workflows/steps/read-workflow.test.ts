// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of Workflows are written so.
import { describe, expect, test } from 'vitest';
import { readWorkflow } from './read-workflow.ts';

const nothing = { assign: [{ x: 1 }] };
const refusalOf = (main: unknown, more: object = {}): string => {
  try {
    readWorkflow(JSON.stringify({ main, ...more }));
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};
const steps = (...list: object[]): object => ({ steps: list });

describe('a definition outside of the subset is refused with the path of the step', () => {
  test.each<[string, object, RegExp]>([
    [
      'an unknown call',
      { a: { call: 'googleapis.run.v2.jobs.run' } },
      /main\.a\.call: a call of googleapis\.run\.v2\.jobs\.run is not in the subset/,
    ],
    [
      'http',
      { a: { call: 'http.get', args: { url: 'x' } } },
      /main\.a\.call: a call of http\.get is not in the subset/,
    ],
    [
      'an unknown function',
      { a: { return: '${uuid.generate()}' } },
      /main\.a\.return: the function uuid\.generate/,
    ],
    [
      'an unknown key',
      { a: { ...nothing, timeout: 3 } },
      /main\.a\.timeout: "timeout" here is not in the subset/,
    ],
    [
      'an expression within a text',
      { a: { return: 'day ${x}' } },
      /main\.a\.return: an expression inside of a text/,
    ],
    [
      'a policy of the library',
      { a: { try: { call: 'sys.now' }, retry: '${http.default_retry}' } },
      /main\.a\.retry: the policy/,
    ],
    [
      'a built-in predicate',
      {
        a: {
          try: { call: 'sys.now' },
          retry: { predicate: '${http.default_retry_predicate}', max_retries: 1, backoff: {} },
        },
      },
      /main\.a\.retry\.predicate/,
    ],
    [
      'a policy for exceptions',
      { a: { parallel: { exception_policy: 'stop', branches: [] } } },
      /exception_policy/,
    ],
    [
      'two things in a step',
      { a: { ...nothing, return: 1 } },
      /main\.a: a step does one thing, got assign and return/,
    ],
    ['nothing in a step', { a: {} }, /main\.a: the step does nothing/],
    [
      'a bad expression',
      { a: { return: '${1 +}' } },
      /main\.a\.return: expected a value, got end of expression/,
    ],
    ['a missing argument', { a: { call: 'sys.sleep' } }, /main\.a\.args: sys\.sleep needs seconds/],
    ['an argument too many', { a: { return: '${len(1, 2)}' } }, /len\(value\) got 2 arguments/],
    [
      'an argument that does not exist',
      { a: { call: 'googleapis.bigquery.v2.jobs.get', args: { projectId: 'p', jobId: 'j', nation: 'x' } } },
      /main\.a\.args\.nation/,
    ],
    [
      'one branch',
      { a: { parallel: { branches: [{ one: steps({ b: nothing }) }] } } },
      /expected 2 to 10 branches, got 1/,
    ],
    ['a loop over nothing', { a: { for: { value: 'v', steps: [] } } }, /either "in" or "range"/],
    ['try without a net', { a: { try: { call: 'sys.now' } } }, /expected "retry" or "except"/],
    ['an assignment to a sum', { a: { assign: [{ 'x + 1': 2 }] } }, /nothing can be assigned to x \+ 1/],
  ])('%s', (_what, step, message) => {
    expect(refusalOf(steps(step))).toMatch(message);
  });

  test('YAML', () => {
    expect(() => readWorkflow('main:\n  steps: []')).toThrow(/YAML is not in the subset/);
  });

  test('no main, and more than 128 KB', () => {
    expect(() => readWorkflow('{"other":{"steps":[]}}')).toThrow(/there is no main/);
    expect(() => readWorkflow(' '.repeat(128 * 1024 + 1))).toThrow(/more than 131072 bytes/);
  });

  test('a step name used twice', () => {
    expect(refusalOf(steps({ a: nothing }, { a: nothing }))).toMatch(/main\.a: the step name is used twice/);
  });

  test('a subworkflow called with what it does not take', () => {
    const other = { other: { params: ['a', { b: 2 }], ...steps({ s: { return: 1 } }) } };
    expect(refusalOf(steps({ a: { call: 'other', args: { a: 1 } } }), other)).toBe('accepted');
    expect(refusalOf(steps({ a: { call: 'other', args: { b: 1 } } }), other)).toMatch(/other needs a/);
    expect(refusalOf(steps({ a: { call: 'other', args: { a: 1, c: 1 } } }), other)).toMatch(
      /other takes a, b/,
    );
  });
});

describe('a jump arrives', () => {
  const loop = (...inner: object[]): object => ({ for: { value: 'v', in: [1], steps: inner } });

  test.each<[string, object[]]>([
    ['to a step of the same list', [{ a: { next: 'b' } }, { b: nothing }]],
    ['to the end', [{ a: { next: 'end' } }]],
    [
      'from a switch to a step around it',
      [{ a: { switch: [{ condition: true, next: 'b' }] } }, { b: nothing }],
    ],
    ['out of a loop with break', [{ a: loop({ i: { next: 'break' } }) }]],
    ['out of nested steps', [{ a: steps({ i: { next: 'b' } }) }, { b: nothing }]],
  ])('%s', (_what, list) => {
    expect(refusalOf(steps(...list))).toBe('accepted');
  });

  test.each<[string, object[]]>([
    ['to nowhere', [{ a: { next: 'c' } }]],
    ['into nested steps', [{ a: steps({ i: nothing }) }, { b: { next: 'i' } }]],
    ['out of a loop to a step', [{ a: loop({ i: { next: 'b' } }) }, { b: nothing }]],
    ['with break outside of a loop', [{ a: { next: 'break' } }]],
    [
      'from a branch to the outside',
      [
        { a: { parallel: { branches: [{ l: steps({ i: { next: 'b' } }) }, { r: steps({ j: nothing }) }] } } },
        { b: nothing },
      ],
    ],
  ])('not %s', (_what, list) => {
    expect(refusalOf(steps(...list))).toMatch(/there is no step \w+ to go to from here/);
  });
});

describe('branches write what they share, and nothing else from outside', () => {
  const parallel = (shared: string[], variable: string): object => ({
    parallel: {
      ...(shared.length > 0 ? { shared } : {}),
      branches: [{ l: steps({ i: { assign: [{ [variable]: 1 }] } }) }, { r: steps({ j: nothing }) }],
    },
  });
  const before = { first: { assign: [{ sum: 0 }] } };

  test('a variable of its own', () => {
    expect(refusalOf(steps(before, { a: parallel([], 'own') }))).toBe('accepted');
  });

  test('a shared variable', () => {
    expect(refusalOf(steps(before, { a: parallel(['sum'], 'sum') }))).toBe('accepted');
  });

  test('an unshared variable is refused', () => {
    expect(refusalOf(steps(before, { a: parallel([], 'sum') }))).toMatch(/name it in "shared"/);
  });

  test('a member of an unshared variable, and the result of a call, are refused', () => {
    expect(refusalOf(steps({ first: { assign: [{ sum: {} }] } }, { a: parallel([], 'sum.left') }))).toMatch(
      /"shared"/,
    );
    const call = {
      parallel: { for: { value: 'v', in: [1], steps: [{ i: { call: 'sys.now', result: 'sum' } }] } },
    };
    expect(refusalOf(steps(before, { a: call }))).toMatch(/name it in "shared"/);
  });

  test('sharing what is not there is refused', () => {
    expect(refusalOf(steps({ a: parallel(['sum'], 'sum') }))).toMatch(/sum is not assigned before/);
  });
});
