import { createHash } from 'node:crypto';
import { etagOf, type Method, page } from '../api.ts';

/** Clients read the number as one; here nothing else goes by it. */
const numericId = (project: string): string =>
  String(createHash('md5').update(project).digest().readUIntBE(0, 6) % 1e12);

/** A project is there as soon as something is in it. */
export const projects: readonly Method[] = [
  {
    name: 'projects.list',
    verb: 'GET',
    path: null,
    answer: (api, { query }) => {
      const all = api.engine.metadata.projects();
      const { items, nextPageToken } = page(all, query);
      const found = items.map((id) => ({
        kind: 'bigquery#project',
        id,
        numericId: numericId(id),
        projectReference: { projectId: id },
        friendlyName: id,
      }));
      return {
        kind: 'bigquery#projectList',
        etag: etagOf(found),
        projects: found,
        totalItems: all.length,
        ...(nextPageToken && { nextPageToken }),
      };
    },
  },
];
