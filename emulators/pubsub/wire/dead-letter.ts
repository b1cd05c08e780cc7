import protobuf from 'protobufjs/minimal.js';
import type { Delivery } from '../broker/delivery.ts';

/**
 * The message as it goes to the dead-letter topic: the publisher's bytes and behind them the attributes the service
 * adds. An attribute that comes later wins, as every map entry in protobuf.
 */
export function deadLetterPayload(subscriptionName: string, delivery: Delivery): Buffer {
  const [, project = '', , subscription = ''] = subscriptionName.split('/');
  const added = {
    CloudPubSubDeadLetterSourceDeliveryCount: String(delivery.attempt),
    CloudPubSubDeadLetterSourceSubscription: subscription,
    CloudPubSubDeadLetterSourceSubscriptionProject: project,
    CloudPubSubDeadLetterSourceTopicPublishTime: new Date(delivery.message.block.publishedAt).toISOString(),
  };
  const writer = new protobuf.BufferWriter();
  for (const [key, value] of Object.entries(added)) {
    writer.uint32(0x12).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim();
  }
  return Buffer.concat([delivery.message.payload(), writer.finish()]);
}
