import { randomUUID } from 'node:crypto';
import { metrics } from '@opentelemetry/api';
import type { Environment } from './endpoints.ts';

export interface Telemetry {
  /** Sends what is not sent yet and stops. */
  shutdown(): Promise<void>;
}

/** Where OpenTelemetry's own variables say that metrics go. */
const endpoints = ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const usualIntervalMillis = 60_000;
/** A collector that is away must not hold a shutdown back. */
const timeoutMillis = 2_000;

/**
 * Exports the metrics of this process over OTLP where the environment names a collector, and does nothing, at no
 * cost, where it does not. The rooms only know the API: an instrument made before this is called stays mute.
 */
export async function exportMetrics(
  service: string,
  environment: Environment,
  instance: string = randomUUID(),
): Promise<Telemetry> {
  if (!endpoints.some((name) => environment[name])) return { shutdown: async () => {} };
  const [
    { MeterProvider, PeriodicExportingMetricReader },
    { OTLPMetricExporter },
    { detectResources, envDetector, resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exportIntervalMillis = Number(environment.OTEL_METRIC_EXPORT_INTERVAL) || usualIntervalMillis;
  const provider = new MeterProvider({
    // Without a name of its own two processes would write one series, each over the other's figures.
    resource: resourceFromAttributes({
      'service.name': environment.OTEL_SERVICE_NAME || service,
      'service.instance.id': instance,
    }).merge(detectResources({ detectors: [envDetector] })),
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ timeoutMillis }),
        exportIntervalMillis,
        exportTimeoutMillis: Math.min(timeoutMillis, exportIntervalMillis),
      }),
    ],
  });
  metrics.setGlobalMeterProvider(provider);
  return {
    async shutdown() {
      metrics.disable();
      // What could not be delivered is lost with the process; the tables do not depend on it.
      await provider.shutdown().catch(() => undefined);
    },
  };
}
