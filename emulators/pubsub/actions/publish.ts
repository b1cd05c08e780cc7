import { unary } from '../../frame/index.ts';
import { checkRequestSize } from '../validations/publish.ts';
import { decodePublishRequest, encodePublishResponse } from '../wire/publish.ts';
import type { Action } from './rpc.ts';

export const publish: Action = ({ broker }) =>
  unary({
    path: '/google.pubsub.v1.Publisher/Publish',
    requestDeserialize(bytes) {
      checkRequestSize(bytes.length);
      return decodePublishRequest(bytes);
    },
    responseSerialize: encodePublishResponse,
    handler: ({ topic, bytes, ranges }) => broker.publish(broker.topic(topic), bytes, ranges),
  });
