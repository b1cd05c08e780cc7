import type { SubscriptionMessage } from '../broker/settings.ts';
import { ofProject, type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';

interface Response {
  subscriptions: SubscriptionMessage[];
  nextPageToken: string;
}

export const listSubscriptions: Action = (service) =>
  rpc<PageRequest & { project?: string }, Response>(service, 'Subscriber', 'ListSubscriptions', (request) => {
    const all = ofProject(request.project ?? '', service.broker.subscriptions);
    const { items, nextPageToken } = page(all, request);
    return { subscriptions: items.map(({ settings }) => settings.message), nextPageToken };
  });
