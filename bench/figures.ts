/** What every bench prints: one JSON line; fields that make no sense for it are left out. */
export interface Figures {
  readonly bench: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
