/** A key with the brace or comma before it and the colon behind, as a text has it that is written without spaces. */
export interface Key {
  readonly bytes: Uint8Array;
  /** The same, four bytes at a time: at every fourth place, and at the last one. */
  readonly words: Int32Array;
  readonly last: number;
}

export function keyOf(before: '{' | ',', name: string): Key {
  const bytes = bytesOf(`${before}"${name}":`);
  const view = new DataView(bytes.buffer);
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(i * 4, true));
  return { bytes, words, last: view.getInt32(bytes.length - 4, true) };
}

/** The texts that a field accepts, and their bytes with the quote behind them. */
export interface Choices<T extends string> {
  readonly texts: readonly T[];
  readonly bytes: readonly Uint8Array[];
}

export function choicesOf<const T extends string>(texts: readonly T[]): Choices<T> {
  return { texts, bytes: texts.map((text) => bytesOf(`${text}"`)) };
}

function bytesOf(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (character) => character.charCodeAt(0));
}
