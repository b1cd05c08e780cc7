import { changeSequence, type Death, deadLetterRow, type Received, type Row } from '../contracts/index.ts';
import type { OrderlakeError } from '../runtime/index.ts';

/** A message that will not become rows, with everything that is needed to repair and replay it. */
export interface DeadLetter {
  readonly row: Row<'dead_letters'>;
  /** A later delivery of the same message to the same sink replaces the letter instead of adding one. */
  readonly sequence: string;
  readonly message: Received;
}

export interface Where {
  readonly step: string;
  readonly sink: string;
  readonly attempts: number;
}

export function deadLetterOf(death: Death, message: Received, where: Where): DeadLetter {
  const version = { version: where.attempts, occurredAt: message.receivedAt, contentHash: '0'.repeat(16) };
  return { row: deadLetterRow(death, message, where), sequence: changeSequence(version), message };
}

/** What a sink alone refused goes to the dead letters with the sink's name and its own words. */
export function refusalOf(eventId: string, error: OrderlakeError): Death {
  return {
    eventId,
    reason: 'refused_by_sink',
    path: '',
    expected: error.expected ?? 'a row that the sink takes',
    got: error.message,
  };
}

const mostCharacters = 200;

/**
 * The letter with as little as a table could refuse: its key, its bytes, which are never cut, and what the table said of
 * the whole. The attributes are in the topic's copy.
 */
export function leastOf(letter: DeadLetter, error: OrderlakeError): DeadLetter {
  const { row } = letter;
  const cut = (text: string) => text.slice(0, mostCharacters).toWellFormed();
  const least: Row<'dead_letters'> = {
    ...row,
    event_id: cut(row.event_id),
    path: '',
    expected: '',
    got: cut(error.got ?? error.message),
    attributes: '{}',
  };
  return { ...letter, row: least };
}
