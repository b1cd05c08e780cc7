import { contentHashOf, type Outcome } from '../../contracts/index.ts';
import type { LedgerLine } from '../../generator/index.ts';
import { InputError } from '../../runtime/index.ts';
import { GrowingFile } from './lines.ts';

/** Compares messages, in the order they come, with the lines of the ledger that was written of them. */
export class LedgerCheck {
  private readonly file: GrowingFile;
  private readonly path: string;
  /** The first of them are shown; all are counted. */
  readonly differences: string[] = [];
  count = 0;
  private line = 0;

  constructor(path: string) {
    this.path = path;
    this.file = new GrowingFile(path);
  }

  /** `name` is what the message is known by when it does not tell. */
  add(name: string, outcome: Outcome): void {
    const text = this.file.next();
    if (text === undefined) {
      this.differ(name, `a line in the ledger ${this.path}`, 'none');
      return;
    }
    const line = this.lineOf(text);
    const expected = JSON.stringify(expectedOf(line, outcome, name));
    const found = JSON.stringify(foundOf(outcome, name));
    if (expected !== found) this.differ(`${name} (${line.event_id})`, expected, found);
  }

  end(): void {
    let missing = 0;
    while (this.file.next() !== undefined) missing++;
    // The shop goes on where a ledger stops, so that one which was killed can be started again.
    const told = `${missing} more messages that the ledger tells of, perhaps of a run before this one`;
    if (missing > 0) this.differ('the end', told, 'none');
    this.file.close();
  }

  private lineOf(text: string): LedgerLine {
    this.line++;
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch {
      // Said below, as of every other line that is none.
    }
    if (typeof line === 'object' && line !== null && 'event_id' in line && 'outcome' in line)
      return line as LedgerLine;
    throw new InputError('--ledger is none', {
      expected: 'a line such as {"event_id":…,"outcome":"ok",…} for each message',
      got: `line ${this.line} of ${this.path}: ${text.slice(0, 80)}`,
      action: 'Give the file that orderlake generate --ledger wrote along with these messages',
    });
  }

  private differ(where: string, expected: string, got: string): void {
    this.count++;
    if (this.differences.length < 20) this.differences.push(`${where}: expected ${expected}, got ${got}`);
  }
}

type Told = Readonly<Record<string, unknown>>;

function expectedOf(line: LedgerLine, outcome: Outcome, name: string): Told {
  // A torn body cannot say which event it was, and a file has no attributes.
  const unknown = outcome.kind === 'dead' && outcome.death.eventId === name;
  const id = unknown ? name : line.event_id;
  if (line.outcome === 'dead') return { outcome: 'dead', id, reason: line.reason };
  const { event_type: type, version, occurred_at: at, content_hash: hash } = line;
  return { outcome: line.outcome, id, type, version, at, hash };
}

function foundOf(outcome: Outcome, name: string): Told {
  if (outcome.kind === 'dead') {
    const { eventId, reason } = outcome.death;
    return { outcome: 'dead', id: eventId === name ? name : eventId, reason };
  }
  const { event } = outcome;
  const { eventId: id, eventType: type, version, occurredAt: at } = event;
  return { outcome: outcome.kind, id, type, version, at, hash: contentHashOf(event) };
}
