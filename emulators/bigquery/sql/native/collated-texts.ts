/**
 * Searches by the collation und:ci as ICU does them: letter by letter with its accents, whatever its case, over what no
 * collation sees, and from the boundary of a character to another. What is ordered by two characters together, as Thai
 * is, or written in parts of a letter, is refused.
 */
const letters = new Intl.Collator('und', { sensitivity: 'accent' });
const bare = new Intl.Collator('und', { sensitivity: 'base' });

/** From `start` to `end` stands the character that it is all or, as the two of a ligature, a part of. */
interface Letter {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly opens: boolean;
  readonly closes: boolean;
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
  if (ascii.test(text))
    return [...text.toLowerCase()].map((c, i) => ({
      text: c,
      start: i,
      end: i + 1,
      opens: true,
      closes: true,
    }));
  const found: Letter[] = [];
  let end = 0;
  for (const c of text) {
    const start = end;
    end += c.length;
    if (crossing.test(c)) refuse(`the character ${c}`);
    if (letters.compare(c, '') === 0) continue;
    const before = found.at(-1);
    if (isAccent(c)) {
      if (before?.end !== start) refuse('an accent without a letter');
      else found.splice(-1, 1, { ...before, text: before.text + c, end });
      continue;
    }
    const parts = partsOf(c);
    for (const [i, part] of parts.entries())
      found.push({ text: part, start, end, opens: i === 0, closes: i === parts.length - 1 });
  }
  return found;
}

/** The letters of a ligature, and of what else is written as several. */
function partsOf(c: string): readonly string[] {
  const parts: string[] = [];
  for (const part of /\p{Script=Hangul}/u.test(c) ? c : c.normalize('NFKD'))
    parts.push(isAccent(part) && parts.length > 0 ? parts.pop() + part : part);
  if (parts.length === 1) return [c];
  return letters.compare(c, parts.join('')) === 0 ? parts : refuse(`the character ${c}`);
}

const same = (a: Letter | undefined, b: Letter): boolean =>
  a !== undefined && (a.text === b.text || letters.compare(a.text, b.text) === 0);

/** Where the wanted begins, also where it began already. */
function places(all: readonly Letter[], wanted: readonly Letter[]): number[] {
  if (wanted.length === 0) return [];
  return all.flatMap((first, at) =>
    first.opens && all[at + wanted.length - 1]?.closes && wanted.every((w, i) => same(all[at + i], w))
      ? [at]
      : [],
  );
}

const characters = (text: string): number => [...text].length;

/** 1-based in characters; a negative position searches backwards from there. */
export function instrCollated(text: string, wanted: string, position: bigint, occurrence: bigint): bigint {
  if (position === 0n) throw new Error('Position must be non-zero');
  if (occurrence <= 0n) throw new Error('Occurrence must be positive');
  const [all, sought] = [lettersOf(text), lettersOf(wanted)];
  if (sought.length === 0 && wanted !== '' && position < 0n) refuse('nothing to look for');
  const found = places(all, sought).map((at) => characters(text.slice(0, all[at]?.start)) + 1);
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

export function splitCollated(text: string, delimiter: string): string {
  if (crossing.test(text)) refuse('Thai, Lao or parts of letters');
  return JSON.stringify(delimiter === '' && text !== '' ? [...text] : pieces(text, delimiter));
}

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
    else {
      const sought = lettersOf(written.replace(/\\(.)/gsu, '$1'));
      if (sought.length === 0 && pattern !== written) refuse('nothing to look for');
      wanted.push(...sought);
    }
  }
  const isBoundary = (at: number): boolean => at === 0 || all[at - 1]?.closes === true;
  let reached = [0];
  for (const part of wanted) {
    if (part === '%') {
      const least = Math.min(...reached.filter(isBoundary));
      reached = [0, ...all.map((_, i) => i + 1)].filter((at) => at >= least && isBoundary(at));
    } else reached = reached.filter((at) => same(all[at], part)).map((at) => at + 1);
    if (reached.length === 0) return 0n;
  }
  return reached.includes(all.length) ? 1n : 0n;
}
