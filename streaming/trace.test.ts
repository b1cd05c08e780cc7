import { expect, test } from 'vitest';
import {
  decode,
  defaultRules,
  exampleOrder,
  type Instant,
  type Received,
  rowsOf,
} from '../contracts/index.ts';
import { deadLetterOf } from './dead-letter.ts';
import { traceOf } from './trace.ts';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const attributes = { googclient_traceparent: traceparent };

test('the trace of a message is what its publisher wrote, under either name', () => {
  expect(traceOf(attributes)).toEqual({ traceparent });
  expect(traceOf({ traceparent })).toEqual({ traceparent });
});

test.each([
  ['none', {}],
  ['a line break in it', { traceparent: `${traceparent}\n{"severity":"EMERGENCY"}` }],
  ['a name where the number should be', { traceparent: '00-maria-00f067aa0ba902b7-01' }],
])('what is no trace does not get into a log line: %s', (_name, given: Record<string, string>) => {
  expect(traceOf(given)).toEqual({});
});

test('the history and a dead letter keep the trace with the other attributes', () => {
  const at = 1_715_000_000_000_000 as Instant;
  const message: Received = {
    bytes: new TextEncoder().encode(JSON.stringify(exampleOrder)),
    attributes,
    messageId: '1',
    publishedAt: at,
    receivedAt: at,
  };
  const outcome = decode(message, defaultRules);
  if (outcome.kind === 'dead') throw new Error(outcome.death.reason);
  const kept = JSON.stringify(attributes);
  expect(rowsOf(outcome.event, message, []).order_events[0]?.attributes).toBe(kept);
  const death = { eventId: 'e', reason: 'invalid_json', path: '', expected: 'JSON', got: '{' } as const;
  const letter = deadLetterOf(death, message, { step: 'write', sink: 'bigquery', attempts: 1 });
  expect(letter.row.attributes).toBe(kept);
});
