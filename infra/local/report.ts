export type Kind = 'topic' | 'subscription' | 'dataset' | 'table' | 'routine' | 'bucket' | 'workflow';

export type Finding =
  | { readonly kind: Kind; readonly name: string; readonly state: 'fine' }
  | {
      readonly kind: Kind;
      readonly name: string;
      readonly state: 'missing' | 'different' | 'forbidden' | 'unknown';
      readonly details: readonly string[];
      /** What mends it. */
      readonly action: string;
    };

export interface Entry {
  readonly kind: Kind;
  readonly name: string;
  readonly outcome: 'made' | 'already there' | 'changed';
  /** What was different, as `path: got, now wanted`. */
  readonly changes: readonly string[];
}

export interface Report {
  readonly entries: readonly Entry[];
  /** What the definition holds and no endpoint here can take. */
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

/** One line per outcome and kind where all went as usual, one line per resource that was changed. */
export function describe({ entries, leftOut }: Report): string {
  const lines: string[] = [];
  for (const outcome of ['made', 'already there'] as const) {
    const names = Map.groupBy(
      entries.filter((entry) => entry.outcome === outcome),
      ({ kind }) => kind,
    );
    const counted = [...names].map(
      ([kind, those]) => `${those.length} ${kind}${those.length === 1 ? '' : 's'}`,
    );
    if (counted.length > 0) lines.push(`${outcome}: ${counted.join(', ')}`);
  }
  for (const { kind, name, outcome, changes } of entries) {
    if (outcome === 'changed') lines.push(`changed: ${kind} ${name} (${changes.join('; ')})`);
  }
  for (const { what, why } of leftOut) lines.push(`left out: ${what} (${why})`);
  return lines.join('\n');
}

export function counted(many: readonly unknown[], one: string): string {
  return `${many.length} ${one}${many.length === 1 ? '' : 's'}`;
}
