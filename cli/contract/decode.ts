import { decode, defaultRules, type Instant } from '../../contracts/index.ts';
import { say } from '../terminal.ts';
import { Answer } from './answer.ts';
import { LedgerCheck } from './ledger-check.ts';
import { linesOf } from './lines.ts';
import { messageBytes } from './message-file.ts';
import { Summary } from './summary.ts';

export interface DecodeFlags {
  /** A file of one message a line, or - for standard input. */
  readonly from: string;
  readonly ledger: string | undefined;
}

/**
 * What the contract makes of a file of messages. With a ledger its word is compared message by message; without
 * one every dead message is explained. Resolves with whether all is as it should be.
 */
export async function decodeFile(flags: DecodeFlags): Promise<boolean> {
  const begun = performance.now();
  const answer = new Answer(process.stdout);
  const summary = new Summary();
  const check = flags.ledger === undefined ? undefined : new LedgerCheck(flags.ledger);
  const at = (Date.now() * 1_000) as Instant;
  for await (const { number, bytes } of linesOf(messageBytes(flags.from))) {
    const messageId = `line ${number}`;
    const outcome = decode(
      { bytes, attributes: {}, messageId, publishedAt: at, receivedAt: at },
      defaultRules,
    );
    summary.add(outcome);
    if (check !== undefined) check.add(messageId, outcome);
    else if (outcome.kind === 'dead') {
      const { eventId, reason, path, expected, got } = outcome.death;
      const event = eventId === messageId ? '' : ` (${eventId})`;
      await answer.line(
        `${messageId}${event}: ${reason} at ${path || 'the whole'}: expected ${expected}, got ${got}`,
      );
      if (answer.isOver) return false;
    }
  }
  check?.end();
  for (const line of summary.lines((performance.now() - begun) / 1_000)) await answer.line(line);
  if (summary.isNoJson) say('no line is a JSON document; one message a line is written by: jq -c . FILE');
  if (check === undefined) return summary.dead === 0;
  for (const difference of check.differences) say(difference);
  await answer.line(
    check.count === 0 ? 'every outcome is as the ledger says' : `${check.count} differ from the ledger`,
  );
  return check.count === 0;
}
