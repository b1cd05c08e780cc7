import { expect, test } from 'vitest';
import { withTrace } from './log.ts';

test('a traceparent becomes the trace and span of Cloud Logging', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  expect(withTrace({ traceparent, step: 'decode' }, 'shop')).toEqual({
    step: 'decode',
    'logging.googleapis.com/trace': 'projects/shop/traces/4bf92f3577b34da6a3ce929d0e0e4736',
    'logging.googleapis.com/spanId': '00f067aa0ba902b7',
  });
});

test('a traceparent that is none is left as it came', () => {
  expect(withTrace({ traceparent: 'nonsense' }, 'shop')).toEqual({ traceparent: 'nonsense' });
});
