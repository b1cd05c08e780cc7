import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const orderlake = join(import.meta.dirname, '..', 'orderlake.mjs');
const directory = mkdtempSync(join(tmpdir(), 'orderlake-generate-'));
afterAll(() => rmSync(directory, { recursive: true }));

function generate(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [orderlake, 'generate', ...words], { cwd: directory }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const linesOf = (text: string) => text.trim().split('\n');
const fileLines = (name: string) => linesOf(readFileSync(join(directory, name), 'utf8'));

describe.concurrent('orderlake generate', () => {
  it('prints messages one a line, and nothing else, on standard output', async () => {
    const { code, out, err } = await generate('--orders', '3', '--streams', 'orders', '--defects', 'none');
    expect(code).toBe(0);
    expect(linesOf(out).map((line) => JSON.parse(line).event_type)).toEqual(Array(3).fill('order.placed'));
    expect(err).toContain('3 messages');
  });

  it('writes what is sent between two dates into a file, with a ledger line for each message', async () => {
    const dates = ['--from', '2017-03-01', '--to', '2017-03-01T15:00:00Z'];
    const files = ['--to', 'window.jsonl', '--ledger', 'window-ledger.jsonl'];
    const { code } = await generate(...dates, ...files, '--orders-per-day', '300', '--defects', 'none');
    expect(code).toBe(0);
    const events = fileLines('window.jsonl').map((line) => JSON.parse(line));
    expect(events.length).toBeGreaterThan(200);
    const ids = fileLines('window-ledger.jsonl').map((line) => JSON.parse(line).event_id);
    expect(events.map((event) => event.event_id)).toEqual(ids);
    for (const { occurred_at } of events)
      expect(occurred_at >= '2017-03-01T03' && occurred_at < '2017-03-01T15:00:03').toBe(true);
  });

  it('sends the defects that a file asks for', async () => {
    writeFileSync(join(directory, 'defects.json'), JSON.stringify({ unknown_enum: 1 }));
    const { out } = await generate('--orders', '5', '--streams', 'orders', '--defects', 'defects.json');
    for (const line of linesOf(out)) expect(JSON.parse(line).order.order_status).toBe('teleported');
  });

  it('writes the data set and replays it a slice at a time', async () => {
    const written = await generate(
      '--orders',
      '60',
      '--format',
      'olist-csv',
      '--to',
      'olist',
      '--orders-per-day',
      '20',
    );
    expect(written.code).toBe(0);
    expect(readdirSync(join(directory, 'olist'))).toHaveLength(9);
    const slice = ['--csv', 'olist', '--segment', '40', '--segment-state', 'state.json'];
    await generate(...slice, '--to', 'first.jsonl');
    const { err } = await generate(...slice, '--to', 'second.jsonl');
    expect(err).toContain('Messages 41 to 80');
    await generate('--csv', 'olist', '--to', 'whole.jsonl');
    expect([...fileLines('first.jsonl'), ...fileLines('second.jsonl')]).toEqual(
      fileLines('whole.jsonl').slice(0, 80),
    );
  });

  it.each([
    [['--to', 'a', '--to', 'b'], 'expected one date and one place'],
    [['--follow', '--orders', '5'], 'expected no end'],
    [['--format', 'olist-csv', '--orders', '5'], 'expected a folder'],
    [['--csv', 'nowhere'], 'expected a file or folder that exists'],
    [['--clicks', 'a.csv', '--orders', '5'], 'expected --from, --to or --segment'],
  ])('refuses %j', async (words, what) => {
    const { code, out, err } = await generate(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(what);
  });
});
