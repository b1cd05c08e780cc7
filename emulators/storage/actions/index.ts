import type { Action } from '../action.ts';
import { bucketsDelete } from './buckets-delete.ts';
import { bucketsGet } from './buckets-get.ts';
import { bucketsInsert } from './buckets-insert.ts';
import { bucketsList } from './buckets-list.ts';
import { bucketsPatch } from './buckets-patch.ts';
import { objectsCompose } from './objects-compose.ts';
import { objectsDelete } from './objects-delete.ts';
import { objectsDownload, objectsGet } from './objects-get.ts';
import { objectsInsert } from './objects-insert.ts';
import { objectsInsertCancel } from './objects-insert-cancel.ts';
import { objectsInsertChunk } from './objects-insert-chunk.ts';
import { objectsList } from './objects-list.ts';
import { objectsPatch, objectsUpdate } from './objects-patch.ts';
import { objectsCopy, objectsRewrite } from './objects-rewrite.ts';

export const actions: readonly Action[] = [
  objectsInsert,
  objectsInsertChunk,
  objectsInsertCancel,
  objectsGet,
  objectsDownload,
  objectsList,
  objectsDelete,
  objectsPatch,
  objectsUpdate,
  objectsCompose,
  objectsRewrite,
  objectsCopy,
  bucketsInsert,
  bucketsGet,
  bucketsList,
  bucketsPatch,
  bucketsDelete,
];
