import type { SnapshotMessage } from '../broker/settings.ts';
import { check } from '../validations/rules.ts';
import { mutableSnapshotFields, snapshotRules } from '../validations/snapshot.ts';
import { type Action, rpc } from './rpc.ts';
import { applyMask } from './update-mask.ts';

interface Request {
  snapshot?: SnapshotMessage;
  updateMask?: { paths?: string[] };
}

export const updateSnapshot: Action = (service) =>
  rpc<Request, SnapshotMessage>(service, 'Subscriber', 'UpdateSnapshot', ({ snapshot = {}, updateMask }) => {
    const stored = service.broker.snapshots.get(snapshot.name ?? '').message;
    const message = applyMask('Snapshot', stored, snapshot, updateMask?.paths, mutableSnapshotFields);
    check('Snapshot', message, snapshotRules);
    return service.broker.snapshots.update(message).message;
  });
