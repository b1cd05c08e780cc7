import type { Faults } from './faults.ts';

/** A running service on loopback. Its environment is what an unmodified Google client needs to reach it. */
export interface Emulator {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly faults: Faults;
  /** Resolves when no socket, timer or file of the emulator is open any more. May be called twice. */
  stop(): Promise<void>;
}
