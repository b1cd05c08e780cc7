import { runWorker } from '../cli/run-worker.ts';
import { readConfiguration } from '../cli/settings.ts';

/**
 * A worker with the defect that the crash test must find: its sinks say "durable" before they have written, so
 * messages are acknowledged while their rows are only in memory.
 */
const lateMillis = 400;

await runWorker(readConfiguration({ lakeCommitMillis: '500' }, 'no-file.json').values, {
  json: true,
  aroundSink: (sink) => ({
    ...sink,
    async write(batch, batchId) {
      setTimeout(() => void sink.write(batch, batchId).catch(() => {}), lateMillis);
      return [];
    },
  }),
});
