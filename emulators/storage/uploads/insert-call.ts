import type { Call } from '../action.ts';
import { objectPreconditions } from '../preconditions.ts';

export const insertParameters = {
  ...objectPreconditions,
  name: 'string',
  uploadType: 'string',
  contentEncoding: 'string',
} as const;

export type InsertCall = Call<typeof insertParameters>;
