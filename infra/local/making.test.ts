import { describe, expect, test } from 'vitest';
import { SetupError } from '../../runtime/index.ts';
import { type Making, make } from './making.ts';
import { describe as told } from './report.ts';

/** A resource whose service answers what the test says, and writes down what it was asked. */
function scripted(answers: { create?: unknown; changes?: string[] }): { making: Making; asked: string[] } {
  const asked: string[] = [];
  const making: Making = {
    kind: 'topic',
    name: 'orders',
    create: async () => {
      asked.push('create');
      if (answers.create) throw answers.create;
    },
    compare: async () => {
      asked.push('compare');
      return answers.changes ?? [];
    },
    change: async () => asked.push('change'),
  };
  return { making, asked };
}

function refusal(code: number | string): Error {
  return Object.assign(new Error(`service says ${code}`), { code });
}

describe('making a resource', () => {
  test('that is not there creates it and asks nothing more', async () => {
    const { making, asked } = scripted({});
    expect(await make(making)).toEqual({ kind: 'topic', name: 'orders', outcome: 'made', changes: [] });
    expect(asked).toEqual(['create']);
  });

  test.each([6, 409])('that is there as wanted (status %s) leaves it alone', async (code) => {
    const { making, asked } = scripted({ create: refusal(code) });
    expect(await make(making)).toMatchObject({ outcome: 'already there' });
    expect(asked).toEqual(['create', 'compare']);
  });

  test('that is there but different changes it and says how', async () => {
    const { making, asked } = scripted({ create: refusal(6), changes: ['a: 1, wanted 2'] });
    expect(await make(making)).toMatchObject({ outcome: 'changed', changes: ['a: 1, wanted 2'] });
    expect(asked).toEqual(['create', 'compare', 'change']);
  });

  test.each<[number | string, RegExp]>([
    ['ECONNREFUSED', /orderlake emulators.*PUBSUB_EMULATOR_HOST/],
    [14, /orderlake emulators.*PUBSUB_EMULATOR_HOST/],
    [7, /right to create a topic/],
    [401, /gcloud auth application-default login/],
    [12, /cannot do this: use the embedded one/],
    [404, /Create the project/],
    [500, /Correct what the message of the service names/],
  ])('refused with %s tells the reader what to do', async (code, action) => {
    const failure = await make(scripted({ create: refusal(code) }).making).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SetupError);
    expect(failure).toHaveProperty(
      'message',
      expect.stringContaining(`topic orders could not be made: service says ${code}`),
    );
    expect(failure).toHaveProperty('message', expect.stringMatching(action));
  });

  test('finds the connection error that fetch hides in its cause', async () => {
    const hidden = new TypeError('fetch failed', { cause: refusal('ECONNREFUSED') });
    await expect(make(scripted({ create: hidden }).making)).rejects.toThrow(/orderlake emulators/);
  });
});

test('a report counts what went as usual and names what was changed and what was left out', () => {
  const entry = { kind: 'topic', changes: [] } as const;
  const text = told({
    entries: [
      { ...entry, name: 'a', outcome: 'made' },
      { ...entry, name: 'b', outcome: 'made' },
      { ...entry, name: 'c', outcome: 'already there' },
      { ...entry, name: 'd', outcome: 'changed', changes: ['x: 1, wanted 2'] },
    ],
    leftOut: [{ what: '1 schedule', why: 'nothing plays Cloud Scheduler' }],
  });
  expect(text.split('\n')).toEqual([
    'made: 2 topics',
    'already there: 1 topic',
    'changed: topic d (x: 1, wanted 2)',
    'left out: 1 schedule (nothing plays Cloud Scheduler)',
  ]);
});
