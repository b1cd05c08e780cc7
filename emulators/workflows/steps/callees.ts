import { connectors } from '../library/connectors.ts';
import { functions } from '../library/functions.ts';
import { notServed, refuse } from './refusal.ts';

/** The routines of the definition, known before their steps are read: they may call one another. */
export type Signatures = ReadonlyMap<
  string,
  { readonly parameters: readonly string[]; readonly required: number }
>;

const calls: Readonly<Record<string, { readonly parameters: readonly string[]; readonly required: number }>> =
  {
    'sys.log': { parameters: ['data', 'text', 'json', 'severity'], required: 0 },
    'sys.sleep': { parameters: ['seconds'], required: 1 },
  };

/** Every call names something that is there and passes what it takes. */
export function checkCallee(
  callee: string,
  passed: readonly string[],
  signatures: Signatures,
  path: string,
): void {
  const routine = signatures.get(callee);
  const own = Object.hasOwn(calls, callee) ? calls[callee] : undefined;
  const library = Object.hasOwn(functions, callee) ? functions[callee] : undefined;
  const connector = Object.hasOwn(connectors, callee) ? connectors[callee] : undefined;
  const known = routine ?? own ?? library ?? connector ?? notServed(`${path}.call`, `a call of ${callee}`);
  checkNames(callee, passed, known.parameters, known.required, path);
}

function checkNames(
  callee: string,
  passed: readonly string[],
  names: readonly string[],
  required: number,
  path: string,
): void {
  for (const name of passed) {
    if (!names.includes(name))
      refuse(`${path}.args.${name}`, `${callee} takes ${names.join(', ') || 'nothing'}`);
  }
  for (const name of names.slice(0, required)) {
    if (!passed.includes(name)) refuse(`${path}.args`, `${callee} needs ${name}`);
  }
}
