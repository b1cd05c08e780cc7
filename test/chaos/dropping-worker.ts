import { runWorker } from '../../cli/run-worker.ts';
import { readConfiguration } from '../../cli/settings.ts';

/** A worker with the defect that the ledger must find: it acknowledges what is dead and keeps no letter of it. */
await runWorker(readConfiguration({}, 'no-file.json').values, {
  json: true,
  aroundSink: (sink) => (sink.name === 'dead-letters' ? { ...sink, write: async () => [] } : sink),
});
