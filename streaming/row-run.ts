/**
 * Rows of one table that stand one behind the other in a slab, each behind its tag and its length, as a request holds
 * them. That a batch is a few runs, and not a view of bytes for each row, is what the garbage collector lives on.
 */
export interface RowRun {
  readonly slab: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export type Growing<R extends RowRun> = { -readonly [K in keyof R]: R[K] };

/** Takes a run into the one before it, if it begins where that one ends. */
export function grown(last: Growing<RowRun> | undefined, { slab, from, to }: RowRun): boolean {
  if (last === undefined || last.slab !== slab || last.to !== from) return false;
  last.to = to;
  return true;
}

/** Gathers runs; one that begins where the last one ends becomes part of it. */
export class RowRuns {
  readonly list: Growing<RowRun>[] = [];

  add(run: RowRun): void {
    if (grown(this.list.at(-1), run)) return;
    const { slab, from, to } = run;
    this.list.push({ slab, from, to });
  }
}

export function bytesOf(runs: readonly RowRun[]): number {
  let bytes = 0;
  for (const { from, to } of runs) bytes += to - from;
  return bytes;
}

/** Each row as a run of its own: for when one of them is not as the others. */
export function rowsOf(runs: readonly RowRun[]): RowRun[] {
  const rows: RowRun[] = [];
  for (const { slab, from, to } of runs) {
    for (let at = from; at < to; ) {
      const end = endOfRow(slab, at);
      rows.push({ slab, from: at, to: end });
      at = end;
    }
  }
  return rows;
}

function endOfRow(slab: Uint8Array, from: number): number {
  let at = from + 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = slab[at++] ?? 0;
    length += (byte & 127) << shift;
    if (byte < 128) return at + length;
  }
}
