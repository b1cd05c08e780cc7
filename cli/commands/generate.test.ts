import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../runtime/index.ts';
import { addGenerate } from './generate.ts';

const directory = mkdtempSync(join(tmpdir(), 'orderlake-generate-'));
const at = (name: string) => join(directory, name);
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** In this process: starting one costs as much as all that these runs do. Resolves with what was said. */
async function generate(...words: string[]): Promise<string> {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const program = new Command();
  addGenerate(program);
  await program.parseAsync(['generate', ...words], { from: 'user' });
  return said.join('');
}

const linesOf = (text: string) => text.trim().split('\n');
const fileLines = (name: string) => linesOf(readFileSync(at(name), 'utf8'));

describe('orderlake generate', () => {
  it('prints messages one a line, and nothing else, on standard output', async () => {
    const orderlake = join(import.meta.dirname, '..', 'orderlake.mjs');
    const words = [orderlake, 'generate', '--orders', '3', '--streams', 'orders', '--defects', 'none'];
    const { out, err } = await new Promise<{ out: string; err: string }>((resolve, reject) => {
      execFile(process.execPath, words, { cwd: directory }, (error, out, err) =>
        error ? reject(error) : resolve({ out, err }),
      );
    });
    expect(linesOf(out).map((line) => JSON.parse(line).event_type)).toEqual(Array(3).fill('order.placed'));
    expect(err).toContain('3 messages');
  });

  it('writes what is sent between two dates into a file, with a ledger line for each message', async () => {
    const dates = ['--from', '2017-01-20', '--to', '2017-01-20T15:00:00Z'];
    const files = ['--to', at('window.jsonl'), '--ledger', at('window-ledger.jsonl')];
    await generate(...dates, ...files, '--orders-per-day', '100', '--defects', 'none');
    const events = fileLines('window.jsonl').map((line) => JSON.parse(line));
    expect(events.length).toBeGreaterThan(70);
    const ids = fileLines('window-ledger.jsonl').map((line) => JSON.parse(line).event_id);
    expect(events.map((event) => event.event_id)).toEqual(ids);
    for (const { occurred_at } of events)
      expect(occurred_at >= '2017-01-20T02' && occurred_at < '2017-01-20T15:00:03').toBe(true);
  });

  it('begins the ledger anew with the file that it tells of', async () => {
    const files = ['--to', at('twice.jsonl'), '--ledger', at('twice-ledger.jsonl')];
    for (const orders of ['9', '4']) await generate('--orders', orders, '--streams', 'orders', ...files);
    expect(fileLines('twice-ledger.jsonl')).toHaveLength(fileLines('twice.jsonl').length);
  });

  it('sends the defects that a file asks for', async () => {
    writeFileSync(at('defects.json'), JSON.stringify({ unknown_enum: 1 }));
    const defects = ['--streams', 'orders', '--defects', at('defects.json')];
    await generate('--orders', '5', ...defects, '--to', at('defective.jsonl'));
    const statuses = fileLines('defective.jsonl').map((line) => JSON.parse(line).order.order_status);
    expect(statuses).toEqual(Array(5).fill('teleported'));
  });

  it('writes the data set and replays it a slice at a time', async () => {
    const shop = ['--orders', '60', '--orders-per-day', '20'];
    await generate(...shop, '--format', 'olist-csv', '--to', at('olist'));
    expect(readdirSync(at('olist'))).toHaveLength(9);
    const set = ['--csv', at('olist'), '--rejects', at('rejects.jsonl')];
    const slice = [...set, '--segment', '40', '--segment-state', at('state.json')];
    await generate(...slice, '--to', at('first.jsonl'));
    expect(await generate(...slice, '--to', at('second.jsonl'))).toContain('Messages 41 to 80');
    await generate(...set, '--to', at('whole.jsonl'));
    expect([...fileLines('first.jsonl'), ...fileLines('second.jsonl')]).toEqual(
      fileLines('whole.jsonl').slice(0, 80),
    );
  });

  it.each([
    ['of the data set', ['--csv', at('olist')]],
    ['of a slice of it', ['--csv', at('olist'), '--segment', '30', '--segment-state', at('slice.json')]],
    ['of a zipped clickstream', ['--clicks', at('clicks.csv.gz')]],
  ])('tells which share %s is replayed', async (_, words) => {
    const row = '2019-10-01 00:00:04 UTC,view,1004237,2053013555631882655,,apple,10.98,535871217,\n';
    writeFileSync(at('clicks.csv.gz'), gzipSync(row.repeat(2_000)));
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    await generate(...words, '--json', '--to', at('replayed.jsonl'), '--rejects', at('rejects.jsonl'));
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ share: 1, done: true });
  });

  it.each([
    [['--to', 'a', '--to', 'b'], 'expected one date and one place'],
    [['--follow', '--orders', '5'], 'expected no end'],
    [['--format', 'olist-csv', '--orders', '5'], 'expected a folder'],
    [['--csv', 'nowhere'], 'expected a file or folder that exists'],
    [['--clicks', 'a.csv', '--orders', '5'], 'expected --from, --to or --segment'],
  ])('refuses %j', async (words, what) => {
    const printed = vi.spyOn(process.stdout, 'write');
    const refused = generate(...words);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(what);
    expect(printed).not.toHaveBeenCalled();
  });
});
