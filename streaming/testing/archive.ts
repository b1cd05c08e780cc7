import avro from 'avsc';

/** As the documentation of Cloud Storage subscriptions has it, where metadata are asked for. */
export const archived = {
  type: 'record',
  namespace: 'com.google.pubsub',
  name: 'PubsubMessageWithMetadata',
  fields: [
    { name: 'subscription_name', type: 'string' },
    { name: 'message_id', type: 'string' },
    { name: 'publish_time', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'attributes', type: { type: 'map', values: 'string' } },
    { name: 'data', type: 'bytes' },
  ],
} as const;

export interface ArchivedMessage {
  readonly subscription_name: string;
  readonly message_id: string;
  /** Microseconds. */
  readonly publish_time: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

/** The file that Pub/Sub would write of these messages. */
export function archiveOf(
  messages: readonly ArchivedMessage[],
  codec: 'null' | 'deflate' = 'null',
): Promise<Buffer> {
  return avroOf(archived, messages, codec);
}

export async function avroOf(
  schema: object,
  records: readonly object[],
  codec: 'null' | 'deflate' = 'null',
): Promise<Buffer> {
  const type = avro.Type.forSchema(schema as avro.Schema);
  // Small blocks: a file of a few messages has several, as a large one has.
  const encoder = new avro.streams.BlockEncoder(type, { codec, blockSize: 200 });
  for (const record of records) encoder.write(record);
  encoder.end();
  return Buffer.concat(await encoder.toArray());
}
