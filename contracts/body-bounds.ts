import { pointerStep } from './key-survey.ts';
import { isPlainObject } from './part-reader.ts';
import type { Reading } from './reading.ts';

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
 * Only a text with an escape can hold half a surrogate pair or hide a key's name, so only then is the whole
 * tree walked. The end of the forbidden name is looked for, because its first character is too common for the
 * engine's search to be quick: 0.2 µs a message instead of 0.5.
 */
export function mayHideHarm(text: string): boolean {
  return text.includes('\\u') || text.includes('o__');
}

/** Refuses `__proto__` as a key at any depth and makes every text well-formed, in place. */
export function disarm(value: unknown, path: string, reading: Reading): unknown {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return value;
    reading.note(path, 'made_well_formed');
    return value.toWellFormed();
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = disarm(value[i], `${path}/${i}`, reading);
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) {
      const keyPath = `${path}${pointerStep(key)}`;
      if (key === '__proto__') {
        reading.failAt('forbidden_key', keyPath, 'no key "__proto__"', '"__proto__"');
      } else value[key] = disarm(value[key], keyPath, reading);
    }
  }
  return value;
}
