import type { PushConfig } from '../broker/settings.ts';

/** A message as it is posted; the payload is decoded here and nowhere else. */
export interface PushedMessage {
  readonly data?: Uint8Array;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly messageId: string;
  readonly publishTime: { readonly seconds: number; readonly nanos?: number };
  readonly orderingKey?: string;
}

interface Envelope {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** Wrapped in JSON, or, when the subscription asks for no wrapper, the bytes alone. */
export function envelope(
  subscription: string,
  config: PushConfig,
  message: PushedMessage,
  deliveryAttempt: number | undefined,
): Envelope {
  if (config.noWrapper != null) return bare(subscription, config.noWrapper.writeMetadata === true, message);
  const publishTime = timeOf(message);
  const body = {
    ...(deliveryAttempt === undefined ? {} : { deliveryAttempt }),
    message: {
      ...(message.attributes === undefined ? {} : { attributes: message.attributes }),
      ...(message.data === undefined ? {} : { data: Buffer.from(message.data).toString('base64') }),
      messageId: message.messageId,
      // The service sends both spellings.
      message_id: message.messageId,
      publishTime,
      publish_time: publishTime,
      ...(message.orderingKey ? { orderingKey: message.orderingKey } : {}),
    },
    subscription,
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function bare(subscription: string, withMetadata: boolean, message: PushedMessage): Envelope {
  const body = message.data ?? new Uint8Array();
  if (!withMetadata) return { headers: {}, body };
  const headers: Record<string, string> = {
    'x-goog-pubsub-subscription-name': subscription,
    'x-goog-pubsub-message-id': message.messageId,
    'x-goog-pubsub-publish-time': timeOf(message),
  };
  if (message.orderingKey) headers['x-goog-pubsub-ordering-key'] = encodeURIComponent(message.orderingKey);
  for (const [key, value] of Object.entries(message.attributes ?? {})) {
    if (isHeader(key, value)) headers[key] = value;
  }
  return { headers, body };
}

/** An attribute that can be no header is left out: a request cannot be made of it. */
const isHeader = (key: string, value: string): boolean =>
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(key) && /^[\t\x20-\x7e]*$/.test(value);

function timeOf({ publishTime: { seconds, nanos = 0 } }: PushedMessage): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = String(nanos)
    .padStart(9, '0')
    .replace(/(000)+$/, '');
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}
