import { metrics } from '@opentelemetry/api';
import type { Vitals } from './judgement.ts';
import { counters, oldestHelp, oldestSeconds } from './prometheus.ts';

/** What the page tells, for OpenTelemetry. It is read when it is exported, so that no message pays for it. */
export function tellTelemetry(vitals: () => Vitals): void {
  const meter = metrics.getMeter('orderlake.streaming');
  for (const { name, help, of } of counters) {
    meter.createObservableCounter(`orderlake.${name}`, { description: help }).addCallback((result) => {
      for (const lane of vitals().lanes)
        for (const [labels, value] of of(lane)) result.observe(value, { lane: lane.lane, ...labels });
    });
  }
  const description = 'Messages neither acknowledged nor given back.';
  meter
    .createObservableGauge('orderlake.unsettled', { description })
    .addCallback((result) => result.observe(vitals().unsettled));
  meter
    .createObservableGauge('orderlake.oldest_unsettled', { description: oldestHelp, unit: 's' })
    .addCallback((result) => result.observe(oldestSeconds(vitals())));
}
