import { unary } from '../../frame/index.ts';
import { bounded } from '../validations/rules.ts';
import { decodeModifyAckDeadline } from '../wire/acknowledge.ts';
import type { Action } from './rpc.ts';
import { modifyDeadline } from './settle.ts';

export const modifyAckDeadline: Action = ({ broker }) =>
  unary({
    path: '/google.pubsub.v1.Subscriber/ModifyAckDeadline',
    requestDeserialize: decodeModifyAckDeadline,
    responseSerialize: () => Buffer.alloc(0),
    handler({ subscription, ackIds, ackDeadlineSeconds }) {
      const target = broker.subscription(subscription);
      bounded(ackDeadlineSeconds, 'ack_deadline_seconds', 0, 600);
      for (const ackId of ackIds) modifyDeadline(target, ackId, ackDeadlineSeconds);
    },
  });
