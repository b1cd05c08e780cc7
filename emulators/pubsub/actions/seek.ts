import { invalid } from '../../frame/index.ts';
import { type Action, rpc } from './rpc.ts';

interface Request {
  subscription?: string;
  time?: { seconds?: number; nanos?: number };
  snapshot?: string;
}

export const seek: Action = (service) =>
  rpc<Request, object>(service, 'Subscriber', 'Seek', ({ subscription, time, snapshot }) => {
    const { broker } = service;
    const target = broker.attachedSubscription(subscription ?? '');
    if (snapshot) broker.seekToSnapshot(target, snapshot);
    else if (time) broker.seekToTime(target, Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6);
    else throw invalid('Expected a time or a snapshot to seek to.');
    return {};
  });
