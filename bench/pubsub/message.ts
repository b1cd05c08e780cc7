/** As large as an event of the pipeline. The first eight bytes say when it was meant to be sent. */
export const messageBytes = 1_536;

export function message(sentAt: number): Buffer {
  const bytes = Buffer.alloc(messageBytes, 0x61);
  bytes.writeDoubleLE(sentAt, 0);
  return bytes;
}

/** Milliseconds that two processes of one machine agree on. */
export const now = (): number => performance.timeOrigin + performance.now();

export const topic = 'projects/bench/topics/bench';
export const subscription = 'projects/bench/subscriptions/bench';
