import type { Field } from './column.ts';
import { moment } from './field-kinds.ts';

/** Repeated as Pub/Sub attributes, so that a message whose body is torn can still be named. */
export const envelopeFields = [
  {
    name: 'event_id',
    type: 'string',
    required: true,
    maxLength: 128,
    corrections: ['trimmed', 'taken_from_attribute', 'derived'],
    fieldId: 1,
    description: 'The event; the same for every copy of it.',
  },
  {
    name: 'event_type',
    type: 'string',
    required: true,
    maxLength: 64,
    corrections: ['trimmed', 'taken_from_attribute', 'derived'],
    fieldId: 2,
    description: 'What happened.',
  },
  {
    name: 'schema_version',
    type: 'int64',
    required: true,
    minimum: 1,
    corrections: ['trimmed', 'string_to_number', 'taken_from_attribute', 'derived'],
    fieldId: 3,
    description: 'The major version of the contract that the message keeps.',
  },
  {
    name: 'occurred_at',
    ...moment,
    required: true,
    corrections: [...moment.corrections, 'taken_from_attribute', 'derived'],
    fieldId: 4,
    description: 'When it happened, by the clock of the producer.',
  },
] as const satisfies readonly Field[];
