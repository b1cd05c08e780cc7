import type { AckId } from './lease-book.ts';

/** What the service is told about leases; each call takes so many ids that its request stays below 512 KB. */
export interface SettlementCalls {
  acknowledge(ackIds: AckId[]): Promise<void>;
  /** 0 seconds gives the message back. */
  modifyDeadline(ackIds: AckId[], seconds: number): Promise<void>;
}

const idsPerRequest = 2_500;

/**
 * Gathers acks and nacks for a few milliseconds and sends each kind in as few requests as it takes. A request that
 * fails for good is forgotten: its messages come again, which is what at-least-once means.
 */
export class Settlements {
  private readonly calls: SettlementCalls;
  private readonly gatherMillis: number;
  private readonly failed: (error: unknown) => void;
  private acks: AckId[] = [];
  private nacks: AckId[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly underWay = new Set<Promise<void>>();

  constructor(calls: SettlementCalls, gatherMillis: number, failed: (error: unknown) => void) {
    this.calls = calls;
    this.gatherMillis = gatherMillis;
    this.failed = failed;
  }

  ack(ackId: AckId): void {
    this.acks.push(ackId);
    this.sendSoon(this.acks.length);
  }

  nack(ackId: AckId): void {
    this.nacks.push(ackId);
    this.sendSoon(this.nacks.length);
  }

  extend(ackIds: readonly AckId[], seconds: number): void {
    for (const part of partsOf(ackIds)) this.track(this.calls.modifyDeadline(part, seconds));
  }

  /** Sends what is gathered; resolves when every request has been answered. */
  async flush(): Promise<void> {
    this.send();
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private sendSoon(gathered: number): void {
    if (gathered >= idsPerRequest) this.send();
    else this.timer ??= setTimeout(() => this.send(), this.gatherMillis);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { acks, nacks } = this;
    this.acks = [];
    this.nacks = [];
    for (const part of partsOf(acks)) this.track(this.calls.acknowledge(part));
    this.extend(nacks, 0);
  }

  private track(call: Promise<void>): void {
    const answered = call.catch(this.failed).finally(() => this.underWay.delete(answered));
    this.underWay.add(answered);
  }
}

function partsOf(ackIds: readonly AckId[]): AckId[][] {
  const parts: AckId[][] = [];
  for (let from = 0; from < ackIds.length; from += idsPerRequest) {
    parts.push(ackIds.slice(from, from + idsPerRequest));
  }
  return parts;
}
