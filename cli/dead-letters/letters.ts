import { deadReasons, names } from '../../contracts/index.ts';
import { InputError, nearest } from '../../runtime/index.ts';
import { type AnswerRow, ask, type Parameters } from '../bigquery.ts';

/**
 * What has become of a letter. Nothing of it is stored: a replayed message carries `replay_of`, so where it ended
 * is read from the tables it ended in.
 */
export type LetterState = 'waiting' | 'on its way' | 'taken' | 'dead again';

export interface Letter {
  readonly messageId: string;
  readonly sink: string;
  readonly eventId: string;
  readonly reason: string;
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly step: string;
  readonly attempts: number;
  readonly publishedAt: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As it came, or as somebody repaired it. */
  readonly payload: Buffer;
  readonly edited: boolean;
  readonly state: LetterState;
}

export interface Selection {
  readonly messageId?: string | undefined;
  readonly reason?: string | undefined;
  /** A time as BigQuery reads it. */
  readonly since?: string | undefined;
  readonly states?: readonly LetterState[];
  readonly limit?: number;
}

const { raw, ops } = names.datasets;
const repairs = `${ops}.dead_letter_repairs`;

/** Stands for the table until something is repaired: who only looks makes nothing. */
const noRepairs = `(
  SELECT
    CAST(NULL AS STRING) AS message_id, CAST(NULL AS STRING) AS sink, CAST(NULL AS STRING) AS action,
    CAST(NULL AS BYTES) AS payload, CAST(NULL AS STRING) AS replay, CAST(NULL AS TIMESTAMP) AS done_at
  FROM UNNEST([1])
  WHERE FALSE
)`;

async function repairsOf(project: string): Promise<string> {
  const there = await ask(
    project,
    `SELECT table_name FROM ${ops}.INFORMATION_SCHEMA.TABLES WHERE table_name = 'dead_letter_repairs'`,
  );
  return there.length > 0 ? repairs : noRepairs;
}

/** Rows are only added: what was done to a letter, when. The letters themselves belong to the worker. */
const createRepairs = `CREATE TABLE IF NOT EXISTS ${repairs} (
  message_id STRING NOT NULL,
  sink STRING NOT NULL,
  action STRING NOT NULL,
  payload BYTES,
  replay STRING,
  done_at TIMESTAMP NOT NULL
)`;

/** Makes the table where it is not there, and adds rows to it. */
export async function addRepairs(project: string, rows: string, parameters: Parameters): Promise<void> {
  await ask(project, createRepairs);
  const columns = 'message_id, sink, action, payload, replay, done_at';
  await ask(project, `INSERT INTO ${repairs} (${columns}) ${rows}`, parameters);
}

/**
 * The columns a letter is known by, with what was done to it. A later edit makes a replayed letter wait again; only
 * its last replay counts. The letter comes before the history: an event that one table refuses may stand in the
 * others. The history asks for a bound on `occurred_at`; a replayed event may have occurred at any time.
 */
const lettersSql = (from: string) => `
WITH repairs AS (
  SELECT
    message_id,
    sink,
    MAX(IF(action = 'replayed', done_at, NULL)) AS replayed_at,
    MAX(IF(action = 'edited', done_at, NULL)) AS edited_at,
    ARRAY_AGG(IF(action = 'edited', payload, NULL) IGNORE NULLS ORDER BY done_at DESC LIMIT 1) AS edits,
    ARRAY_AGG(IF(action = 'replayed', replay, NULL) IGNORE NULLS ORDER BY done_at DESC LIMIT 1) AS replays
  FROM ${from}
  GROUP BY message_id, sink
),
taken AS (
  SELECT DISTINCT CONCAT(JSON_VALUE(attributes, '$.replay_of'), ' ', JSON_VALUE(attributes, '$.replay')) AS replayed
  FROM ${raw}.order_events
  WHERE occurred_at >= TIMESTAMP '1970-01-01' AND JSON_VALUE(attributes, '$.replay_of') IS NOT NULL
),
returned AS (
  SELECT DISTINCT CONCAT(JSON_VALUE(attributes, '$.replay_of'), ' ', JSON_VALUE(attributes, '$.replay')) AS replayed
  FROM ${raw}.dead_letters
  WHERE JSON_VALUE(attributes, '$.replay_of') IS NOT NULL
),
letters AS (
  SELECT
    l.message_id, l.sink, l.event_id, l.reason, l.path, l.expected, l.got, l.step, l.attempts, l.published_at,
    TO_JSON_STRING(l.attributes) AS attributes,
    COALESCE(r.edits[SAFE_OFFSET(0)], l.payload) AS payload,
    r.edited_at IS NOT NULL AS edited,
    CASE
      WHEN r.replayed_at IS NULL OR r.edited_at > r.replayed_at THEN 'waiting'
      WHEN CONCAT(l.message_id, ' ', r.replays[SAFE_OFFSET(0)]) IN (SELECT replayed FROM returned) THEN 'dead again'
      WHEN CONCAT(l.message_id, ' ', r.replays[SAFE_OFFSET(0)]) IN (SELECT replayed FROM taken) THEN 'taken'
      ELSE 'on its way'
    END AS state
  FROM ${raw}.dead_letters AS l
  LEFT JOIN repairs AS r
    ON r.message_id = l.message_id AND r.sink = l.sink
)`;

export async function findLetters(project: string, selection: Selection): Promise<Letter[]> {
  const { conditions, parameters } = chosen(selection);
  const rows = await ask(
    project,
    `${lettersSql(await repairsOf(project))}
SELECT * FROM letters ${where(conditions)} ORDER BY published_at, message_id, sink
${selection.limit === undefined ? '' : `LIMIT ${selection.limit}`}`,
    parameters,
  );
  return rows.map(letterOf);
}

/** Those that ended well. Asks for nothing more where nobody ever repaired or replayed any, as nearly always. */
export async function takenLetters(project: string): Promise<Letter[]> {
  if ((await repairsOf(project)) === noRepairs) return [];
  return findLetters(project, { states: ['taken'] });
}

export async function oneLetter(project: string, messageId: string): Promise<Letter> {
  const [letter] = await findLetters(project, { messageId });
  if (letter) return letter;
  throw new InputError('there is no such dead letter', {
    expected: 'a message id of raw.dead_letters',
    got: messageId,
    action: 'List them with `orderlake dead-letters list`',
  });
}

export async function countLetters(project: string): Promise<AnswerRow[]> {
  return ask(
    project,
    `${lettersSql(await repairsOf(project))}
SELECT reason, step, sink, state, COUNT(*) AS letters, MIN(published_at) AS oldest, MAX(published_at) AS newest
FROM letters GROUP BY reason, step, sink, state ORDER BY letters DESC, reason, step, sink, state`,
  );
}

function chosen({ messageId, reason, since, states }: Selection) {
  if (reason !== undefined && !deadReasons.some((known) => known === reason)) {
    throw new InputError('--reason names none that there is', {
      expected: nearest(reason, deadReasons) ?? deadReasons.join(', '),
      got: reason,
    });
  }
  const conditions: string[] = [];
  const parameters: Record<string, Parameters[string]> = {};
  const add = (condition: string, name: string, value: Parameters[string] | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters[name] = value;
  };
  add('message_id = @messageId', 'messageId', messageId);
  add('reason = @reason', 'reason', reason);
  add('published_at >= TIMESTAMP(@since)', 'since', since);
  add('state IN UNNEST(@states)', 'states', states);
  return { conditions, parameters };
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

function letterOf(row: AnswerRow): Letter {
  const text = (name: string) => String(row[name] ?? '');
  return {
    messageId: text('message_id'),
    sink: text('sink'),
    eventId: text('event_id'),
    reason: text('reason'),
    path: text('path'),
    expected: text('expected'),
    got: text('got'),
    step: text('step'),
    attempts: Number(row.attempts),
    publishedAt: text('published_at'),
    attributes: JSON.parse(text('attributes') || '{}') as Record<string, string>,
    payload: Buffer.from(text('payload'), 'base64'),
    edited: row.edited === true,
    state: row.state as LetterState,
  };
}
