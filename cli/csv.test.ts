import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test('rows are CSV with a header, quoted where a cell would be misread', () => {
  const rows = [
    { id: 1, 'a,b': 'x "y"', none: null, list: [1, 2] },
    { id: 2, 'a,b': 'line\nbreak', none: null, list: [] },
  ];
  expect(csvOf(rows)).toBe('id,"a,b",none,list\n1,"x ""y""",,"[1,2]"\n2,"line\nbreak",,[]\n');
  expect(csvOf([])).toBe('');
});
