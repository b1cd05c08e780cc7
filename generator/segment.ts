import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError, messageOf } from '../runtime/index.ts';
import type { Publication } from './publication.ts';

/** One slice of a replay: so many messages, or so much of its own time. */
export type Span = { readonly messages: number } | { readonly micros: number };

const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

export function readSpan(text: string): Span {
  const [, digits = '', unit] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  const number = Number(digits);
  if (digits === '' || number === 0)
    throw new InputError('--segment cannot be used', {
      expected: 'a span as 1d, 6h, 30m or 5000 (messages)',
      got: text,
    });
  return unit === undefined
    ? { messages: number }
    : { micros: number * units[unit as keyof typeof units] * 1_000_000 };
}

/** How many messages of a source earlier runs have sent; 0 for another source or without a file. */
export function readPosition(path: string, source: string): number {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return 0;
  }
  try {
    const state = JSON.parse(text) as { source?: unknown; sent?: unknown };
    if (state.source !== source) return 0;
    if (Number.isSafeInteger(state.sent) && Number(state.sent) >= 0) return Number(state.sent);
  } catch (error) {
    throw new InputError(`${path} cannot be read`, {
      got: messageOf(error),
      action: 'Remove it to begin anew',
    });
  }
  throw new InputError(`${path} holds no position`, {
    got: text.slice(0, 80),
    action: 'Remove it to begin anew',
  });
}

/** Whole or not at all: a run that is killed here leaves the position of the one before. */
export function writePosition(path: string, source: string, sent: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify({ source, sent })}\n`);
  renameSync(`${path}.new`, path);
}

/** What is sent from a moment on and before another; the source is in the order of time. */
export async function* within(
  publications: Iterable<Publication> | AsyncIterable<Publication>,
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: { from?: number; to?: number },
): AsyncGenerator<Publication> {
  for await (const publication of publications) {
    if (publication.at >= to) return;
    if (publication.at >= from) yield publication;
  }
}

/** The slice that follows the first `skip` messages. Time is counted from its first message on. */
export async function* sliced(
  publications: Iterable<Publication> | AsyncIterable<Publication>,
  skip: number,
  span: Span,
): AsyncGenerator<Publication> {
  let seen = 0;
  let end = Number.POSITIVE_INFINITY;
  for await (const publication of publications) {
    if (seen++ < skip) continue;
    if ('messages' in span) {
      if (seen > skip + span.messages) return;
    } else if (seen === skip + 1) end = publication.at + span.micros;
    if (publication.at >= end) return;
    yield publication;
  }
}
