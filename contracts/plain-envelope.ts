import type { EventType } from './events.ts';
import type { Instant } from './values.ts';

export interface PlainEnvelope {
  readonly event_id: string;
  readonly event_type: EventType;
  readonly schema_version: number;
  readonly occurred_at: Instant;
}
