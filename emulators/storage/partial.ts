import { invalidArgument } from './errors.ts';

/** A tree of wanted properties; a leaf wants all below it. */
type Mask = Map<string, Mask | 'all'>;

/** Applies the `fields` parameter of Google's JSON APIs: `nextPageToken,items(name,metadata/owner)`. */
export function partialResponse(value: unknown, fields: string): unknown {
  const parser = new MaskParser(fields);
  return pick(value, parser.parse());
}

function pick(value: unknown, mask: Mask | 'all'): unknown {
  if (mask === 'all' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => pick(entry, mask));
  const picked = Object.entries(value).flatMap(([key, entry]) => {
    const wanted = mask.get(key) ?? mask.get('*');
    return wanted === undefined ? [] : [[key, pick(entry, wanted)]];
  });
  return Object.fromEntries(picked);
}

/** list := item {"," item} · item := name {"/" name} ["(" list ")"] */
class MaskParser {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #index = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/[^\s,/()]+|[,/()]/g) ?? [];
  }

  parse(): Mask {
    const mask = this.#list();
    if (this.#index < this.#tokens.length) throw this.#invalid();
    return mask;
  }

  #list(): Mask {
    const mask: Mask = new Map();
    do this.#item(mask);
    while (this.#take(','));
    return mask;
  }

  #item(mask: Mask): void {
    const name = this.#tokens[this.#index++];
    if (name === undefined || /^[,/()]$/.test(name)) throw this.#invalid();
    if (this.#take('/')) {
      this.#item(branch(mask, name));
    } else if (this.#take('(')) {
      for (const [key, below] of this.#list()) branch(mask, name).set(key, below);
      if (!this.#take(')')) throw this.#invalid();
    } else {
      mask.set(name, 'all');
    }
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#index] !== token) return false;
    this.#index++;
    return true;
  }

  #invalid() {
    return invalidArgument(`Invalid field selection ${this.#text}`);
  }
}

function branch(mask: Mask, name: string): Mask {
  const known = mask.get(name);
  if (known !== undefined && known !== 'all') return known;
  const made: Mask = new Map();
  mask.set(name, made);
  return made;
}
