import type { Configuration } from './settings.ts';

type SinkName = Configuration['primarySink'];

/**
 * The command lines of a local run's workers: one process per sink, so that encoding Parquet never holds BigQuery
 * back and each has a core to itself. Where BigQuery is left out, Iceberg reports what is dead.
 */
export function workerWords(configuration: Configuration): { sink: SinkName; words: string[] }[] {
  const { sinks, project, lakeBucket, lakeCommitMillis, logLevel, source } = configuration;
  const primary = sinks.includes('bigquery') ? 'bigquery' : 'iceberg';
  return sinks.map((sink) => ({
    sink,
    words: [
      'worker',
      '--json',
      ...['--sinks', sink],
      ...['--primary-sink', primary],
      ...['--source', source],
      ...['--project', project],
      ...['--lake-bucket', lakeBucket],
      ...['--lake-commit-millis', String(lakeCommitMillis)],
      ...['--log-level', logLevel],
    ],
  }));
}
