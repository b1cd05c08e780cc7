import { clickFields } from './click-fields.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventPart, events } from './events.ts';

const quote = 34;
const backslash = 92;

/** Every name that the contract gives a meaning, in whichever event. */
const known: ReadonlySet<string> = new Set(
  [
    ...envelopeFields,
    ...clickFields,
    ...Object.values(events).flatMap(({ parts }: { readonly parts: readonly EventPart[] }) =>
      parts.flatMap((part) => [part, ...part.fields]),
    ),
  ].map(({ name }) => name),
);

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

/** Counts the keys of a text that is, or may be, a JSON document, without parsing it. */
export function surveyKeys(text: string): KeySurvey {
  const unknown = new Set<string>();
  let keys = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfText(text, start);
    if (end < 0) break;
    if (isKey(text, end + 1)) {
      keys++;
      const name = text.slice(start + 1, end);
      if (!known.has(name)) unknown.add(name);
      if (unknown.size > mostUnknownNames) break;
    }
    start = text.indexOf('"', end + 1);
  }
  return { keys, unknownNames: unknown.size };
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
        const name = String(JSON.parse(text.slice(i, end + 1)));
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
