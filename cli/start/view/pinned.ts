/** A terminal, as far as this needs one. */
export interface Terminal {
  write(text: string): unknown;
}

/**
 * Lines that stay at the foot of a terminal while others go by above them. Whoever writes to the same terminal
 * without `say` writes into them.
 */
export class Pinned {
  private readonly terminal: Terminal;
  private lines: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  show(lines: readonly string[]): void {
    this.draw('', lines);
  }

  say(words: string): void {
    this.draw(`${words}\n`, this.lines);
  }

  /** What was shown last stays where it is, as what is written next goes below it. */
  release(): void {
    this.lines = [];
  }

  private draw(above: string, lines: readonly string[]): void {
    // In one write: a terminal that is between two of them would be seen empty.
    const back = this.lines.length === 0 ? '' : `\u001b[${this.lines.length}A\r\u001b[J`;
    this.terminal.write(`${back}${above}${lines.map((line) => `${line}\n`).join('')}`);
    this.lines = lines;
  }
}
