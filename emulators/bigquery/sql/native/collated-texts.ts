/**
 * Searches by the collation und:ci, one letter with its accents at a time: letters are equal whatever their case, and
 * what no collation sees stands in no letter's way. What would match in the middle of a character, across one, or in
 * another order than it is written in, is refused.
 */
const letters = new Intl.Collator('und', { sensitivity: 'accent' });
const bare = new Intl.Collator('und', { sensitivity: 'base' });

interface Letter {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const ascii = /^[\t-\r -~]*$/;
const crossing =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Tai_Viet}\p{Script=New_Tai_Lue}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u;
const refuse = (what: string): never => {
  throw new Error(`A search by a collation with ${what} is not supported by the emulator`);
};

/** An accent goes with the letter before it. */
const isAccent = (c: string): boolean =>
  /^\p{M}/u.test(c) && bare.compare(`a${c}`, 'a') === 0 && letters.compare(`a${c}`, 'a') !== 0;

function lettersOf(text: string): readonly Letter[] {
  if (ascii.test(text)) return [...text.toLowerCase()].map((c, i) => ({ text: c, start: i, end: i + 1 }));
  const found: Letter[] = [];
  let end = 0;
  for (const c of text) {
    const start = end;
    end += c.length;
    if (crossing.test(c) || [...c.normalize('NFKD')].filter((x) => !isAccent(x)).length > 1)
      refuse(`the character ${c}`);
    if (letters.compare(c, '') === 0) continue;
    const before = found.at(-1);
    if (!isAccent(c)) found.push({ text: c, start, end });
    else if (before?.end !== start) refuse('an accent without a letter');
    else found.splice(-1, 1, { text: before.text + c, start: before.start, end });
  }
  return found;
}

const same = (a: Letter | undefined, b: Letter): boolean =>
  a !== undefined && (a.text === b.text || letters.compare(a.text, b.text) === 0);

/** Where the wanted begins, also where it began already. */
function places(all: readonly Letter[], wanted: readonly Letter[]): number[] {
  if (wanted.length === 0) refuse('an empty text');
  return all.flatMap((_, at) => (wanted.every((letter, i) => same(all[at + i], letter)) ? [at] : []));
}

const characters = (text: string): number => [...text].length;

/** 1-based in characters; a negative position searches backwards from there. */
export function instrCollated(text: string, wanted: string, position: bigint, occurrence: bigint): bigint {
  if (position === 0n) throw new Error('Position must be non-zero');
  if (occurrence <= 0n) throw new Error('Occurrence must be positive');
  const all = lettersOf(text);
  const found = places(all, lettersOf(wanted)).map((at) => characters(text.slice(0, all[at]?.start)) + 1);
  const from = position > 0n ? Number(position) : characters(text) + Number(position) + 1;
  const kept = position > 0n ? found.filter((at) => at >= from) : found.filter((at) => at <= from).reverse();
  return BigInt(kept[Number(occurrence) - 1] ?? 0);
}

export const startsCollated = (text: string, wanted: string): bigint =>
  instrCollated(text, wanted, 1n, 1n) === 1n ? 1n : 0n;

export function endsCollated(text: string, wanted: string): bigint {
  const [all, sought] = [lettersOf(text), lettersOf(wanted)];
  const last = places(all, sought).at(-1);
  return last !== undefined && last + sought.length === all.length && all.at(-1)?.end === text.length
    ? 1n
    : 0n;
}

function pieces(text: string, delimiter: string): string[] {
  const [all, sought] = [lettersOf(text), lettersOf(delimiter)];
  const found: string[] = [];
  let from = 0;
  let next = 0;
  for (const at of places(all, sought)) {
    if (at < next) continue;
    found.push(text.slice(from, all[at]?.start));
    next = at + sought.length;
    from = all[next - 1]?.end ?? 0;
  }
  return [...found, text.slice(from)];
}

export const replaceCollated = (text: string, from: string, to: string): string =>
  from === '' || text === '' ? text : pieces(text, from).join(to);

export const splitCollated = (text: string, delimiter: string): string =>
  JSON.stringify(
    text === '' ? [''] : delimiter === '' && ascii.test(text) ? [...text] : pieces(text, delimiter),
  );

/** `%` is any letters; what a pattern says behind a backslash it means. */
export function likeCollated(text: string, pattern: string): bigint {
  const all = lettersOf(text);
  const wanted: (Letter | '%')[] = [];
  for (const [part, written] of pattern.matchAll(/%|_|((?:[^%_\\]|\\.)+)|\\$/gsu)) {
    if (part === '_')
      throw new Error(
        `LIKE pattern has '_' which is not allowed when its operands have collation: ${pattern}`,
      );
    if (part === '%') wanted.push(part);
    else if (written === undefined) throw new Error('LIKE pattern ends with a backslash');
    else wanted.push(...lettersOf(written.replace(/\\(.)/gsu, '$1')));
  }
  let reached = new Set([0]);
  for (const part of wanted) {
    const next = new Set<number>();
    if (part === '%') for (let at = Math.min(...reached); at <= all.length; at++) next.add(at);
    else for (const at of reached) if (same(all[at], part)) next.add(at + 1);
    if (next.size === 0) return 0n;
    reached = next;
  }
  return reached.has(all.length) ? 1n : 0n;
}
