/** The right to a message, until its time: what the service calls an ack id. */
export type AckId = string;

/** Of one message; made by whoever hands the message out. */
export interface Lease {
  readonly ackId: AckId;
  readonly lot: Lot;
  isSettled: boolean;
}

/** What came in one response: its leases were given at once and end at once. */
export interface Lot {
  ending: number;
  leases: Lease[];
  unsettled: number;
}

/**
 * Which leases are held and until when. All lots last equally long, so the order in which they were given or extended
 * is the order in which they end: what is due stands in front, and nothing is ever sorted.
 */
export class LeaseBook {
  private readonly lots = new Set<Lot>();
  private readonly leaseMillis: number;
  private unsettled = 0;

  constructor(leaseMillis: number) {
    this.leaseMillis = leaseMillis;
  }

  get size(): number {
    return this.unsettled;
  }

  /** A lot without leases yet; they must be taken before anything else happens to the book. */
  begin(now: number): Lot {
    return { ending: now + this.leaseMillis, leases: [], unsettled: 0 };
  }

  take(lease: Lease): void {
    const { lot } = lease;
    // Also when all that it had so far is settled by now.
    if (lot.unsettled === 0) this.lots.add(lot);
    lot.leases.push(lease);
    lot.unsettled++;
    this.unsettled++;
  }

  /** False when it is not held: it was settled before. */
  settle(lease: Lease): boolean {
    if (lease.isSettled) return false;
    lease.isSettled = true;
    this.unsettled--;
    const { lot } = lease;
    lot.unsettled--;
    if (lot.unsettled === 0) this.lots.delete(lot);
    return true;
  }

  /** Those that end within `withinMillis`; they count as extended from now on. */
  extendDue(now: number, withinMillis: number): AckId[] {
    const due: Lot[] = [];
    for (const lot of this.lots) {
      if (lot.ending - now > withinMillis) break;
      due.push(lot);
    }
    for (const lot of due) {
      this.lots.delete(lot);
      this.lots.add(lot);
      lot.ending = now + this.leaseMillis;
      // What is settled would be kept in memory for as long as one of its lot is not.
      lot.leases = unsettledOf(lot);
    }
    return due.flatMap(({ leases }) => leases.map(({ ackId }) => ackId));
  }

  held(): Lease[] {
    return [...this.lots].flatMap(unsettledOf);
  }
}

function unsettledOf({ leases }: Lot): Lease[] {
  return leases.filter(({ isSettled }) => !isSettled);
}
