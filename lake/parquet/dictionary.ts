const sampleSize = 1000;
/** With more distinct values than this a dictionary is never smaller. */
const mostDistinct = 0.9;
/** Beyond this the indexes take so many bits that little is won. */
const mostEntries = 1 << 15;

export interface Dictionary {
  readonly entries: readonly string[];
  readonly indexes: Uint32Array;
}

/** Each distinct value once, and which of them every value is; undefined where too few repeat. */
export function dictionaryOf(values: readonly string[]): Dictionary | undefined {
  if (isDistinct(values)) return undefined;
  const known = new Map<string, number>();
  const indexes = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as string;
    let index = known.get(value);
    if (index === undefined) {
      index = known.size;
      if (index >= mostEntries) return undefined;
      known.set(value, index);
    }
    indexes[at] = index;
  }
  return { entries: [...known.keys()], indexes };
}

function isDistinct(values: readonly string[]): boolean {
  const step = Math.max(1, values.length / sampleSize);
  const seen = new Set<string>();
  let sampled = 0;
  for (let at = 0; at < values.length; at += step) {
    seen.add(values[Math.floor(at)] as string);
    sampled += 1;
  }
  return seen.size > mostDistinct * sampled;
}
