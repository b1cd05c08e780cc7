import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError } from '../runtime/index.ts';
import { startEmulators } from './start-emulators.ts';

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'orderlake-data-'));
});
afterEach(() => rmSync(dataDirectory, { recursive: true }));

test('emulators on a folder that others are in end as a whole: the one that could start is stopped too', async () => {
  const first = await startEmulators({ only: ['storage'], dataDirectory });
  const second = startEmulators({ only: ['pubsub', 'storage'], dataDirectory });
  await expect(second).rejects.toThrow(ConflictError);
  await first.stop();
  // Had the second left its Pub/Sub running, this would be refused.
  const third = await startEmulators({ only: ['pubsub', 'storage'], dataDirectory });
  await third.stop();
});
