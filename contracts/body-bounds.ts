import { isPlainObject } from './part-reader.ts';
import { excerpt } from './reading.ts';

/** Pub/Sub takes no larger message; a file that is replayed might hold one. */
export const largestBody = 10_000_000;

/** A good message nests four deep. QuickJS parses by recursion, so depth is bounded before parsing. */
export const deepestNesting = 32;

const quote = 34;
const backslash = 92;

/**
 * Only a text with so many brackets can be nested deeper than allowed, or hold many objects of different shapes.
 * Counting brackets with indexOf takes 0.1 µs a message, where looking at every character takes more than one.
 */
export function isBracketed(text: string): boolean {
  return hasMoreThan(text, deepestNesting);
}

/** Is any value nested deeper than allowed? To be asked of a bracketed text. */
export function isTooDeep(text: string): boolean {
  return depthOf(text) > deepestNesting;
}

function hasMoreThan(text: string, bound: number): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++count > bound) return true;
    }
  }
  return false;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inText) {
      if (unit === backslash) i++;
      else if (unit === quote) inText = false;
    } else if (unit === quote) inText = true;
    else if (unit === 123 || unit === 91) deepest = Math.max(deepest, ++depth);
    else if (unit === 125 || unit === 93) depth--;
  }
  return deepest;
}

/**
 * Only a text with an escape can hold half a surrogate pair or hide a key's name. The end of the forbidden name is
 * looked for, because its first character is too common for the engine's search to be quick: 0.2 µs a message
 * instead of 0.5.
 */
export function mayHideHarm(text: string): boolean {
  return text.includes('\\u') || text.includes('o__');
}

/** What no place of a message may hold, whether the contract knows the place or not. */
export interface Harm {
  readonly reason: 'forbidden_key' | 'lone_surrogate' | 'out_of_range';
  readonly expected: string;
  readonly got: string;
  /** From the outermost in. */
  readonly steps: (string | number)[];
}

/**
 * The first harm in a parsed document. Half a character cannot be stored anywhere, and to replace it would make one
 * id of two; a number that became infinite is another one than was sent.
 */
export function harmIn(value: unknown): Harm | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : halfCharacter(value);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : beyondNumbers(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const harm = harmIn(value[i]);
      if (harm !== undefined) return within(harm, i);
    }
  } else if (isPlainObject(value)) {
    for (const key in value) {
      const harm = key === '__proto__' ? forbidden(key) : (harmInKey(key) ?? harmIn(value[key]));
      if (harm !== undefined) return within(harm, key);
    }
  }
  return undefined;
}

function within(harm: Harm, step: string | number): Harm {
  harm.steps.unshift(step);
  return harm;
}

function harmInKey(key: string): Harm | undefined {
  return key.isWellFormed() ? undefined : halfCharacter(key);
}

function halfCharacter(text: string): Harm {
  return { reason: 'lone_surrogate', expected: 'whole characters', got: excerpt(text), steps: [] };
}

function beyondNumbers(value: number): Harm {
  const got = value > 0 ? 'a greater one' : 'a lesser one';
  return { reason: 'out_of_range', expected: `a number within ±${Number.MAX_VALUE}`, got, steps: [] };
}

function forbidden(key: string): Harm {
  return { reason: 'forbidden_key', expected: `no key "${key}"`, got: `"${key}"`, steps: [] };
}
