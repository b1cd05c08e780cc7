/** A text as it was last written, with its length before it: where it stands, and in which slab. */
export interface LastText {
  value: string | undefined;
  slab: DataView;
  at: number;
  length: number;
}

export function lastText(): LastText {
  return { value: undefined, slab: new DataView(new ArrayBuffer(0)), at: 0, length: 0 };
}
