import { compareHappenings, type Happening } from './happening.ts';

/** What is still to come, the next first: a binary heap. Holds the orders under way, never the past. */
export class Agenda {
  private readonly heap: Happening[] = [];

  get size(): number {
    return this.heap.length;
  }

  get next(): Happening | undefined {
    return this.heap[0];
  }

  add(happening: Happening): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(happening);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || compareHappenings(parent, happening) <= 0) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = happening;
  }

  take(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first !== undefined && last !== undefined && heap.length > 0) this.sink(last);
    return first;
  }

  /** Puts `happening` where the first one was. */
  private sink(happening: Happening): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && compareHappenings(right, left) < 0) below++;
      const child = heap[below] ?? left;
      if (compareHappenings(happening, child) <= 0) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = happening;
  }
}
