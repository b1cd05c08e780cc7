/** The right to a message, until its time: what the service calls an ack id. */
export type AckId = string;

/**
 * Which leases are held and until when. All leases last equally long, so the order in which they were given or
 * extended is the order in which they end: what is due stands in front, and nothing is ever sorted.
 */
export class LeaseBook {
  private readonly endings = new Map<AckId, number>();
  private readonly leaseMillis: number;

  constructor(leaseMillis: number) {
    this.leaseMillis = leaseMillis;
  }

  get size(): number {
    return this.endings.size;
  }

  take(ackId: AckId, now: number): void {
    this.endings.set(ackId, now + this.leaseMillis);
  }

  /** False when it is not held: settled before, or a stranger. */
  settle(ackId: AckId): boolean {
    return this.endings.delete(ackId);
  }

  /** Those that end within `withinMillis`; they count as extended from now on. */
  extendDue(now: number, withinMillis: number): AckId[] {
    const due: AckId[] = [];
    for (const [ackId, ending] of this.endings) {
      if (ending - now > withinMillis) break;
      due.push(ackId);
    }
    for (const ackId of due) {
      this.endings.delete(ackId);
      this.take(ackId, now);
    }
    return due;
  }

  held(): AckId[] {
    return [...this.endings.keys()];
  }
}
