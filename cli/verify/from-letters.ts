import { decode, defaultRules, type Instant } from '../../contracts/index.ts';
import { type LedgerLine, lineOf } from '../../generator/index.ts';
import { type Letter, takenLetters } from '../dead-letters/letters.ts';

/** They were taken: what a worker's rules allowed is not asked again. */
const anyRules = {
  ...defaultRules,
  paymentToleranceCents: Number.POSITIVE_INFINITY,
  futureToleranceMicros: Number.POSITIVE_INFINITY,
};

/** What the ledger could not know: the events of dead letters that were repaired, replayed and taken. */
export async function linesOfRepairs(project: string): Promise<LedgerLine[]> {
  return (await takenLetters(project)).flatMap(linesOf);
}

function linesOf({ payload: bytes, attributes, messageId }: Letter): LedgerLine[] {
  const at = (Date.now() * 1_000) as Instant;
  const outcome = decode({ bytes, attributes, messageId, publishedAt: at, receivedAt: at }, anyRules);
  if (outcome.kind === 'dead') return [];
  const { eventId, occurredAt, ...content } = outcome.event;
  return [lineOf({ eventId, occurredAt, content }, null, outcome.kind)];
}
