import type { SnapshotMessage } from '../broker/settings.ts';
import { type Action, rpc } from './rpc.ts';

export const getSnapshot: Action = (service) =>
  rpc<{ snapshot?: string }, SnapshotMessage>(
    service,
    'Subscriber',
    'GetSnapshot',
    ({ snapshot }) => service.broker.snapshots.get(snapshot ?? '').message,
  );
