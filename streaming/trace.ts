/** As the Pub/Sub clients name it in a message's attributes, and as the W3C names the header. */
const carriers = ['googclient_traceparent', 'traceparent'] as const;
const wellFormed = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The trace that a message belongs to, as its publisher told. The attribute itself goes on with the others: into the
 * history, the dead letters and their topic. A log line takes it only in its own form: anybody can publish anything.
 */
export function traceOf(attributes: Readonly<Record<string, string>>): { traceparent?: string } {
  for (const name of carriers) {
    const traceparent = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (traceparent !== undefined && wellFormed.test(traceparent)) return { traceparent };
  }
  return {};
}
