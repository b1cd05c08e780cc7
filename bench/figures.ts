/** What every bench prints: one JSON line; fields that make no sense for it are left out. */
export interface Figures {
  readonly bench: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Two decimals say more than a measurement on a shared machine can. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
