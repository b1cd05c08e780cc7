import { expect, test } from 'vitest';
import { spareMetadata } from './endpoints.ts';

test('the metadata server is not asked where an emulator is named, unless somebody wants it', () => {
  const emulated: Record<string, string> = { PUBSUB_EMULATOR_HOST: '127.0.0.1:1' };
  spareMetadata(emulated);
  expect(emulated.METADATA_SERVER_DETECTION).toBe('none');
  const wanted = { ...emulated, METADATA_SERVER_DETECTION: 'ping-only' };
  spareMetadata(wanted);
  expect(wanted.METADATA_SERVER_DETECTION).toBe('ping-only');
});

test('in Google Cloud it is asked: credentials come from there', () => {
  const cloud = { K_SERVICE: 'worker', PUBSUB_EMULATOR_HOST: '' };
  spareMetadata(cloud);
  expect(cloud).not.toHaveProperty('METADATA_SERVER_DETECTION');
});
