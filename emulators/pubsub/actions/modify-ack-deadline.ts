import { unary } from '../../frame/index.ts';
import { checkAcknowledgeSize } from '../validations/publish.ts';
import { bounded } from '../validations/rules.ts';
import { decodeModifyAckDeadline } from '../wire/acknowledge.ts';
import type { Action } from './rpc.ts';
import { modifyDeadlines } from './settle.ts';

export const modifyAckDeadline: Action = ({ broker }) =>
  unary({
    path: '/google.pubsub.v1.Subscriber/ModifyAckDeadline',
    requestDeserialize(bytes) {
      checkAcknowledgeSize(bytes.length);
      return decodeModifyAckDeadline(bytes);
    },
    responseSerialize: () => Buffer.alloc(0),
    handler({ subscription, ackIds, ackDeadlineSeconds }) {
      const target = broker.attachedSubscription(subscription);
      bounded(ackDeadlineSeconds, 'ack_deadline_seconds', 0, 600);
      modifyDeadlines(target, ackIds, () => ackDeadlineSeconds, broker.clock.now()).throwFailures();
    },
  });
