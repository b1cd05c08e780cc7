import { type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';

interface Response {
  snapshots: string[];
  nextPageToken: string;
}

export const listTopicSnapshots: Action = (service) =>
  rpc<PageRequest & { topic?: string }, Response>(service, 'Publisher', 'ListTopicSnapshots', (request) => {
    const { snapshots } = service.broker.topic(request.topic ?? '');
    const { items, nextPageToken } = page(
      [...snapshots].map(({ name }) => [name, name] as const),
      request,
    );
    return { snapshots: [...items], nextPageToken };
  });
