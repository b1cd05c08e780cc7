import { expect, test } from 'vitest';
import { InputError } from './errors.ts';
import { flagName, number, oneOf, resolveSettings, someOf, text } from './settings.ts';

const settings = {
  project: text({ environment: 'SHOP_PROJECT', fallback: 'local', description: 'The project.' }),
  batchMillis: number({
    environment: 'SHOP_BATCH_MILLIS',
    fallback: 20,
    least: 1,
    most: 60_000,
    description: 'How long.',
  }),
  level: oneOf({
    environment: 'SHOP_LEVEL',
    fallback: 'info',
    choices: ['debug', 'info'],
    description: 'How loud.',
  }),
  sinks: someOf({
    environment: 'SHOP_SINKS',
    fallback: ['a'],
    choices: ['a', 'b', 'c'],
    description: 'Where to.',
  }),
};
const nothing = { flags: {}, environment: {} };

test('a flag wins over the environment, that over the file, that over the default', () => {
  const file = { path: 'orderlake.json', content: { project: 'from-file', batchMillis: 5, level: 'debug' } };
  const environment = { SHOP_PROJECT: 'from-environment', SHOP_BATCH_MILLIS: '7' };
  const { values, origins } = resolveSettings(settings, {
    flags: { project: 'from-flag' },
    environment,
    file,
  });
  expect(values).toEqual({ project: 'from-flag', batchMillis: 7, level: 'debug', sinks: ['a'] });
  expect(origins).toEqual({
    project: { origin: 'flag', from: '--project' },
    batchMillis: { origin: 'environment', from: 'SHOP_BATCH_MILLIS' },
    level: { origin: 'file', from: 'orderlake.json' },
    sinks: { origin: 'default', from: 'default' },
  });
});

test('a key of the file that is no setting is refused, with the nearest one', () => {
  const file = { path: 'orderlake.json', content: { porject: 'x' } };
  expect(() => resolveSettings(settings, { ...nothing, file })).toThrow(/porject.*Did you mean project\?/);
});

test.each([
  [{ batchMillis: '0' }, '--batch-millis cannot be used: expected a number from 1 to 60000, got "0"'],
  [{ batchMillis: 'soon' }, 'got "soon"'],
  [{ level: 'loud' }, 'expected debug or info, got "loud"'],
  [{ sinks: 'a,d' }, 'expected a list of a, b, c, got "a,d"'],
  [{ project: ' ' }, 'expected some text'],
])('%o is refused with what was expected', (flags, message) => {
  const resolve = () => resolveSettings(settings, { ...nothing, flags });
  expect(resolve).toThrow(InputError);
  expect(resolve).toThrow(message);
});

test('an empty variable counts as not set, as a shell leaves it', () => {
  const { values } = resolveSettings(settings, { flags: {}, environment: { SHOP_PROJECT: '' } });
  expect(values.project).toBe('local');
});

test('flags are spelt with dashes', () => {
  expect(flagName('lakeCommitMillis')).toBe('--lake-commit-millis');
});
