import { type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';

interface Response {
  subscriptions: string[];
  nextPageToken: string;
}

export const listTopicSubscriptions: Action = (service) =>
  rpc<PageRequest & { topic?: string }, Response>(
    service,
    'Publisher',
    'ListTopicSubscriptions',
    (request) => {
      const { subscriptions } = service.broker.topic(request.topic ?? '');
      const names = [...subscriptions].map(({ settings: { name } }) => [name, name] as const);
      const { items, nextPageToken } = page(names, request);
      return { subscriptions: [...items], nextPageToken };
    },
  );
