import { describe, expect, it } from 'vitest';
import { type Newest, nothingYet } from '../../newest-orders.ts';
import type { Figures } from './figures.ts';
import { panelOf } from './panel.ts';

const lane = {
  ...{ lane: 'bigquery', inPerSecond: 1_234, outPerSecond: 1_200, latency: { p50: 14.2, p99: null } },
  ...{ waiting: 7, corrected: 3, dead: 2, retries: 0 },
};
const figures: Figures = { published: 9_000, publishedPerSecond: 201, lanes: [lane], held: 7 };
const newest: Newest = {
  total: 1_511,
  orders: [
    {
      ...{
        order: '8a8c406a2b',
        placed: '2017-01-03 01:39',
        status: 'created',
        state: 'RJ',
        city: 'são paulo',
      },
      ...{ items: 3, total: '379.33' },
    },
  ],
  dead: [
    { reason: 'invalid_json', letters: 1_200 },
    { reason: 'too_deep', letters: 1 },
  ],
  tookMillis: 12.4,
};

describe('the panel at the foot of the terminal', () => {
  it('tells rates, latency, backlog, what is dead and why, and the newest orders', () => {
    expect(panelOf(figures, newest, 83, { columns: 100, rows: 24 }).slice(1)).toEqual([
      'shop        201 messages a second, 9,000 in 1:23',
      '',
      '                in/s  done/s        p50        p99   backlog  corrected   dead  retries',
      'bigquery       1,234   1,200      14 ms          –         7          3      2        0',
      '',
      'dead        invalid_json 1,200  too_deep 1',
      '',
      'the newest of 1,511 orders in BigQuery, as asked in 12 ms',
      '8a8c406a  2017-01-03 01:39  created      3 items      379.33  RJ são paulo',
    ]);
  });

  it('says that nothing is dead once it was asked, and leaves out the orders while there are none', () => {
    const last = (seen: Newest) => panelOf(figures, seen, 1, { columns: 100, rows: 24 }).at(-1);
    expect(last(nothingYet)).toBe('dead        –');
    expect(last({ ...nothingYet, tookMillis: 3 })).toBe('dead        none');
  });

  it.each([
    { columns: 30, rows: 24 },
    { columns: 12, rows: 6 },
    { columns: 200, rows: 3 },
  ])('keeps within $columns columns and $rows rows, one of which is the cursor’s', (size) => {
    const lines = panelOf(figures, newest, 83, size);
    expect(lines.length).toBeLessThan(size.rows);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(size.columns);
  });

  it('goes on with the reasons in the next line where they do not fit', () => {
    const lines = panelOf(figures, newest, 83, { columns: 36, rows: 24 });
    expect(lines).toContain('dead        invalid_json 1,200');
    expect(lines).toContain('            too_deep 1');
  });
});
