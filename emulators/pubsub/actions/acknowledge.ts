import { unary } from '../../frame/index.ts';
import { checkAcknowledgeSize } from '../validations/publish.ts';
import { decodeAcknowledge } from '../wire/acknowledge.ts';
import type { Action } from './rpc.ts';
import { acknowledgeAll } from './settle.ts';

export const acknowledge: Action = ({ broker }) =>
  unary({
    path: '/google.pubsub.v1.Subscriber/Acknowledge',
    requestDeserialize(bytes) {
      checkAcknowledgeSize(bytes.length);
      return decodeAcknowledge(bytes);
    },
    responseSerialize: () => Buffer.alloc(0),
    handler: ({ subscription, ackIds }) =>
      acknowledgeAll(broker.attachedSubscription(subscription), ackIds).throwFailures(),
  });
