import { adapt, managedwriter } from '@google-cloud/bigquery-storage';
import { type Message, PubSub } from '@google-cloud/pubsub';
import { bigquerySchema, names, tables } from '../../contracts/index.ts';
import { managedWriterClient } from '../managed-writer.ts';
import { type TextbookEvent, textbookEvent } from './textbook-event.ts';

/**
 * node idiomatic-worker.ts PROJECT: the program that the documentation of the clients leads to. Their defaults, a
 * JSONWriter per table, JSON.parse and zod, a batch every 500 messages or 100 ms. It corrects nothing, keeps no dead
 * letters and loses nothing either: what is not valid is acknowledged and forgotten. For comparison with the product,
 * in the same run.
 */
const [project = ''] = process.argv.slice(2);
const batchItems = 500;
const batchMillis = 100;
const written = ['orders', 'order_items', 'order_payments', 'order_events'] as const;
type Json = Record<string, unknown>;
type Rows = Record<(typeof written)[number], Json[]>;

const writerClient = managedWriterClient(project, process.env);
const writers = Object.fromEntries(
  await Promise.all(written.map(async (name) => [name, await jsonWriter(name)] as const)),
) as Record<(typeof written)[number], managedwriter.JSONWriter>;
let gathered: { message: Message; rows: Rows }[] = [];
const subscription = new PubSub({ projectId: project }).subscription(names.subscriptions.bigquery);
subscription.on('message', (message: Message) => {
  const rows = rowsOf(message);
  if (!rows) return message.ack();
  gathered.push({ message, rows });
  if (gathered.length >= batchItems) void flush();
});
setInterval(() => void flush(), batchMillis);
process.stdout.write('{"ready":true}\n');
process.once('SIGTERM', () => process.exit());

async function jsonWriter(name: (typeof written)[number]): Promise<managedwriter.JSONWriter> {
  const fields = bigquerySchema(tables[name]).map((field) => ({ ...field }));
  const schema = adapt.convertBigQuerySchemaToStorageTableSchema({ fields });
  const changes = name === 'order_events' ? [] : [adapt.withChangeType(), adapt.withChangeSequenceNumber()];
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(schema, 'row', ...changes);
  const destinationTable = `projects/${project}/datasets/${names.datasets.raw}/tables/${name}`;
  const connection = await writerClient.createStreamConnection({
    streamId: managedwriter.DefaultStream,
    destinationTable,
  });
  return new managedwriter.JSONWriter({ connection, protoDescriptor });
}

async function flush(): Promise<void> {
  const batch = gathered;
  if (batch.length === 0) return;
  gathered = [];
  const appends = written.map(async (name) => {
    const rows = batch.flatMap((one) => one.rows[name]) as Parameters<
      managedwriter.JSONWriter['appendRows']
    >[0];
    if (rows.length > 0) await writers[name].appendRows(rows).getResult();
  });
  await Promise.all(appends);
  for (const { message } of batch) message.ack();
}

function rowsOf(message: Message): Rows | undefined {
  const text = message.data.toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data: event } = textbookEvent.safeParse(json);
  return event && shaped(message, event, text);
}

function shaped(message: Message, event: TextbookEvent, text: string): Rows {
  const { order } = event;
  const version = order.version ?? 1;
  const occurred = event.occurred_at ?? order.order_purchase_timestamp;
  const head = {
    event_id: event.event_id,
    version,
    occurred_at: occurred,
    content_hash: '0000000000000000',
  };
  const sequence = `${version.toString(16)}/${occurred.getTime().toString(16)}`;
  const row = (part: Json) => ({
    ...withoutNulls(part),
    ...head,
    _CHANGE_TYPE: 'UPSERT',
    _CHANGE_SEQUENCE_NUMBER: sequence,
  });
  return {
    orders: [row(order)],
    order_items: event.order_items.map(row),
    order_payments: event.order_payments.map(row),
    order_events: [
      {
        ...head,
        event_type: event.event_type,
        schema_version: event.schema_version ?? 1,
        order_id: order.order_id,
        payload: text,
        attributes: JSON.stringify(message.attributes),
        message_id: message.id,
        published_at: message.publishTime,
        received_at: new Date(message.received),
      },
    ],
  };
}

function withoutNulls(part: Json): Json {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null));
}
