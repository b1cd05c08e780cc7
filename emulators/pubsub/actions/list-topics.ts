import type { TopicMessage } from '../broker/settings.ts';
import { ofProject, type PageRequest, page } from './paging.ts';
import { type Action, rpc } from './rpc.ts';

interface Response {
  topics: TopicMessage[];
  nextPageToken: string;
}

export const listTopics: Action = (service) =>
  rpc<PageRequest & { project?: string }, Response>(service, 'Publisher', 'ListTopics', (request) => {
    const { items, nextPageToken } = page(ofProject(request.project ?? '', service.broker.topics), request);
    return { topics: items.map((topic) => topic.message), nextPageToken };
  });
