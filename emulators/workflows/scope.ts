import { memberOf } from './expression/evaluate.ts';
import { raised } from './raised.ts';
import { isList, isMap, typeOf, type Value } from './value.ts';

/**
 * The variables of a routine. Loops, branches and `except` open a scope of their own: what is first assigned in
 * them ends with them, what was assigned around them is changed there.
 */
export class Scope {
  readonly #values = new Map<string, Value>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  read(name: string): Value {
    const scope = this.#holder(name);
    if (scope === undefined) throw raised('KeyError', `variable ${name} is not assigned`);
    return scope.#values.get(name) ?? null;
  }

  /** A variable of this scope, whatever the scopes around it hold. */
  declare(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  assign(name: string, members: readonly Value[], value: Value): void {
    const scope = this.#holder(name) ?? this;
    const current = scope.#values.get(name) ?? null;
    scope.#values.set(name, members.length === 0 ? value : changed(current, members, value));
  }

  #holder(name: string): Scope | undefined {
    if (this.#values.has(name)) return this;
    return this.#around === undefined ? undefined : this.#around.#holder(name);
  }
}

/** Values are never changed in place: an assignment copies, so that two variables never share a map. */
function changed(current: Value, [key, ...rest]: readonly Value[], value: Value): Value {
  if (key === undefined) return value;
  if (isMap(current)) {
    if (typeof key !== 'string') throw raised('TypeError', `a map has text keys, got ${typeOf(key)}`);
    const inner = Object.hasOwn(current, key) ? (current[key] ?? null) : {};
    return Object.fromEntries([...Object.entries(current), [key, changed(inner, rest, value)]]);
  }
  if (isList(current)) {
    const inner = memberOf(current, key);
    return current.map((item, index) => (index === key ? changed(inner, rest, value) : item));
  }
  throw raised('TypeError', `a value of type ${typeOf(current)} has no members`);
}
