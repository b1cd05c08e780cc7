import { unary } from '../../frame/index.ts';
import { stamper } from '../schema/registry.ts';
import { checkPublishSize } from '../validations/publish.ts';
import { decodePublishRequest, encodePublishResponse } from '../wire/publish.ts';
import { stamped } from '../wire/stamped.ts';
import type { Action } from './rpc.ts';

export const publish: Action = ({ broker }) =>
  unary({
    path: '/google.pubsub.v1.Publisher/Publish',
    requestDeserialize(bytes) {
      checkPublishSize(bytes.length);
      return decodePublishRequest(bytes);
    },
    responseSerialize: encodePublishResponse,
    handler({ topic: name, bytes, ranges }) {
      const topic = broker.topic(name);
      const stamp = stamper(broker.schemas, topic.message);
      if (stamp === undefined) return broker.publish(topic, bytes, ranges);
      const checked = stamped(bytes, ranges, stamp);
      return broker.publish(topic, checked.bytes, checked.ranges);
    },
  });
