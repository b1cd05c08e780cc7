import type { SnapshotMessage } from '../broker/settings.ts';
import { ofProject, type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';

interface Response {
  snapshots: SnapshotMessage[];
  nextPageToken: string;
}

export const listSnapshots: Action = (service) =>
  rpc<PageRequest & { project?: string }, Response>(service, 'Subscriber', 'ListSnapshots', (request) => {
    const all = ofProject(request.project ?? '', service.broker.snapshots.all);
    const { items, nextPageToken } = page(all, request);
    return { snapshots: items.map(({ message }) => message), nextPageToken };
  });
