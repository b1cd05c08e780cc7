import { createRequire } from 'node:module';
import type { Logger, pino as Pino } from 'pino';

export type { Logger };

const require = createRequire(import.meta.url);

/** Cloud Logging reads `severity` and `message`; pino's own words would all arrive as DEFAULT. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** People are never named in logs: these paths hold bodies of messages or parts of them. */
const personal = ['payload', 'bytes', 'row', 'rows', 'order', 'event', '*.payload', '*.row', '*.order'];

export interface LogOptions {
  readonly level: string;
  readonly service: string;
  readonly project: string;
  /** Standard error by default: standard output belongs to the command's answer. */
  readonly descriptor?: number;
}

export function createLogger({ level, service, project, descriptor = 2 }: LogOptions): Logger {
  // Loaded by who logs: every command imports this room, and most of them say what they say and end.
  const pino: typeof Pino = require('pino');
  return pino(
    {
      level,
      messageKey: 'message',
      base: { service },
      redact: { paths: personal, censor: '[not logged]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }),
        log: (fields) => withTrace(fields, project),
      },
      serializers: { err: pino.stdSerializers.err },
    },
    pino.destination({ fd: descriptor, sync: true }),
  );
}

/** A W3C traceparent becomes the fields by which Cloud Logging joins a line to its trace. */
export function withTrace(fields: Record<string, unknown>, project: string): Record<string, unknown> {
  const { traceparent, ...rest } = fields;
  const parts = typeof traceparent === 'string' ? traceparent.split('-') : [];
  const [, trace, span] = parts;
  if (parts.length !== 4 || !trace || !span) return fields;
  return {
    ...rest,
    'logging.googleapis.com/trace': `projects/${project}/traces/${trace}`,
    'logging.googleapis.com/spanId': span,
  };
}
