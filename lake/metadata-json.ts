/**
 * JSON whose snapshot ids survive. They are random 64-bit numbers; read as doubles 7678060717269408855 becomes
 * …9000, and every later commit names a parent that does not exist. They are bigints in memory.
 */
interface RawJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  /** Both of these are in Node 24; TypeScript's library does not know them yet. */
  rawJSON(text: string): unknown;
}

const json = JSON as unknown as RawJson;
const integer = /^-?\d+$/;

export function parseMetadataJson(text: string): unknown {
  return json.parse(text, (key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || !integer.test(source)) return value;
    const always = key.endsWith('snapshot-id');
    return always || !Number.isSafeInteger(value) ? BigInt(source) : value;
  });
}

export function writeMetadataJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? json.rawJSON(String(each)) : each,
  );
}
