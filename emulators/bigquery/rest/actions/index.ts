import type { Method } from '../api.ts';
import { datasets } from './datasets.ts';
import { jobs } from './jobs.ts';
import { projects } from './projects.ts';
import { routines } from './routines.ts';
import { tabledata } from './tabledata.ts';
import { tables } from './tables.ts';

/** All but uploads, whose bodies are no JSON. */
export const methods: readonly Method[] = [
  ...projects,
  ...datasets,
  ...tables,
  ...tabledata,
  ...routines,
  ...jobs,
];
