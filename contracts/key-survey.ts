import { clickFields } from './click-fields.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventPart, events } from './events.ts';

const quote = 34;
const backslash = 92;

/** Every name that the contract gives a meaning, in whichever event, as bytes and by their length. */
const known: readonly (readonly Uint8Array[])[] = byLength(
  [
    ...envelopeFields,
    ...clickFields,
    ...Object.values(events).flatMap(({ parts }: { readonly parts: readonly EventPart[] }) =>
      parts.flatMap((part) => [part, ...part.fields]),
    ),
  ].map(({ name }) => name),
);

function byLength(names: readonly string[]): readonly (readonly Uint8Array[])[] {
  const lists: Uint8Array[][] = [];
  for (const name of new Set(names)) {
    lists[name.length] ??= [];
    lists[name.length]?.push(Uint8Array.from(name, (character) => character.charCodeAt(0)));
  }
  return lists;
}

/**
 * So many names that the contract does not know may a message have. Each new name costs the engine a new hidden
 * class, fifty times what a known one costs: without a bound, names alone would make a message slow.
 */
export const mostUnknownNames = 32;

export interface KeySurvey {
  /** All keys, also those that come twice. */
  readonly keys: number;
  /** Distinct; counted no further than just beyond the bound. */
  readonly unknownNames: number;
}

/** Counts the keys of what is, or may be, a JSON document, without parsing it. */
export function surveyKeys(bytes: Uint8Array): KeySurvey {
  const unknown = new Set<string>();
  const { length } = bytes;
  let keys = 0;
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== quote) continue;
    const start = ++i;
    for (; i < length && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++;
    if (!isBeforeColon(bytes, i + 1)) continue;
    keys++;
    if (!isKnown(bytes, start, i)) unknown.add(nameOf(bytes, start, i));
    if (unknown.size > mostUnknownNames) break;
  }
  return { keys, unknownNames: unknown.size };
}

/** Only space may stand before the colon. */
function isBeforeColon(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9) at++;
  return bytes[at] === 58;
}

/** What tells names apart; of very long ones the beginning, for a message has no room for many of them. */
function nameOf(bytes: Uint8Array, start: number, end: number): string {
  return `${end - start}${String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 256)))}`;
}

function isKnown(bytes: Uint8Array, start: number, end: number): boolean {
  for (const name of known[end - start] ?? []) {
    let i = 0;
    while (i < name.length && bytes[start + i] === name[i]) i++;
    if (i === name.length) return true;
  }
  return false;
}

/** Where the text that opens at `start` closes; -1: nowhere. */
function endOfText(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === quote) return i;
    if (unit === backslash) i++;
  }
  return -1;
}

/** Does a colon follow? Only space may stand before it. */
function isKey(text: string, from: number): boolean {
  let at = from;
  let unit = text.charCodeAt(at);
  while (unit === 32 || unit === 10 || unit === 13 || unit === 9) unit = text.charCodeAt(++at);
  return unit === 58;
}

/** How many keys a parsed document has: fewer than its text when one came twice, for the last one wins. */
export function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const entry of value) keys += keysIn(entry);
    return keys;
  }
  for (const name in value) keys += 1 + keysIn((value as Record<string, unknown>)[name]);
  return keys;
}

/** The JSON Pointer of the first key that its object had already; the text is a JSON document. */
export function repeatedKey(text: string): string | undefined {
  const open: { readonly names: Set<string> | undefined; step: string | number }[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const inner = open.at(-1);
    if (unit === 123) open.push({ names: new Set(), step: '' });
    else if (unit === 91) open.push({ names: undefined, step: 0 });
    else if (unit === 125 || unit === 93) open.pop();
    else if (unit === 44 && typeof inner?.step === 'number') inner.step++;
    else if (unit === quote) {
      const end = endOfText(text, i);
      if (inner?.names !== undefined && isKey(text, end + 1)) {
        const raw = text.slice(i + 1, end);
        // Parsing takes its time, and only an escape makes a difference.
        const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
        inner.step = name;
        if (inner.names.has(name)) return open.map(({ step }) => pointerStep(step)).join('');
        inner.names.add(name);
      }
      i = end;
    }
  }
  return undefined;
}

export function pointerStep(step: string | number): string {
  return `/${String(step).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
