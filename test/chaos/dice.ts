/** Chance that can be thrown again: the same seed gives the same run of faults. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (seed + 1) * 0x9e3779b1;
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number {
    // mulberry32
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  oneOf<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }
}
