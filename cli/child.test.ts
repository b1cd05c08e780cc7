import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Environment, startChild } from './child.ts';

const interrupts = pathToFileURL(join(import.meta.dirname, 'interrupt.ts')).href;
/** Tells when it does something meanwhile, and what it knows when it begins. */
const program = `
import { watchInterrupts } from '${interrupts}';
const interrupt = watchInterrupts();
const tell = (line) => console.log(JSON.stringify(line));
const known = await interrupt.servicesKnown(async () => tell('meanwhile'));
tell({ known, host: process.env.SOME_HOST ?? null, later: process.env.ORDERLAKE_ENVIRONMENT_LATER ?? null });
interrupt.release();
`;
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orderlake-child-'));
  file = join(folder, 'program.mjs');
  writeFileSync(file, program);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a child that is told its environment at the start begins at once', async () => {
  const child = startChild([], { SOME_HOST: 'here' }, file);
  expect(await child.firstLine()).toEqual({ known: true, host: 'here', later: null });
  expect((await child.ended).code).toBe(0);
});

test('one that is told later does something useful until then', async () => {
  const environment = Promise.withResolvers<Environment>();
  const child = startChild([], environment.promise, file);
  expect(await child.firstLine()).toBe('meanwhile');
  environment.resolve({ SOME_HOST: 'there' });
  expect((await child.ended).code).toBe(0);
  expect(child.latest).toEqual({ known: true, host: 'there', later: null });
});

test('one that is never told ends when it is asked to', async () => {
  const child = startChild([], Promise.reject(new Error('nothing came up')), file);
  expect(await child.firstLine()).toBe('meanwhile');
  child.kill('SIGTERM');
  expect((await child.ended).code).toBe(0);
  expect(child.latest).toMatchObject({ known: false });
});
