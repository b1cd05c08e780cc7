import type { SnapshotMessage } from '../broker/settings.ts';
import { check } from '../validations/rules.ts';
import { snapshotRules } from '../validations/snapshot.ts';
import { type Action, rpc } from './rpc.ts';

type Request = SnapshotMessage & { subscription?: string };

export const createSnapshot: Action = (service) =>
  rpc<Request, SnapshotMessage>(service, 'Subscriber', 'CreateSnapshot', ({ subscription, ...message }) => {
    check('Snapshot', message, snapshotRules);
    return service.broker.createSnapshot(message, subscription ?? '');
  });
