import type { DeliveryReport } from '../generator/deliver.ts';
import { systemClock } from '../runtime/index.ts';
import { printJson, say } from './terminal.ts';

/** What the shop prints, once a second and at its end, for whoever started it. */
export interface ShopLine {
  readonly published: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly done: boolean;
}

interface Manner {
  readonly json: boolean;
  readonly to: string;
  readonly steady: boolean;
}

/** Tells how far a run is: JSON lines for a program, one line that is written over for a person. */
export function generateProgress({ json, to, steady }: Manner) {
  // What is printed must not be mixed with the messages.
  const asJson = json && to !== '-';
  const onTerminal = !asJson && process.stderr.isTTY;
  return {
    show(report: DeliveryReport): void {
      if (asJson) printJson(lineOf(report, false));
      else if (onTerminal) process.stderr.write(`\r\u001b[K${words(report)}`);
    },
    done(report: DeliveryReport): void {
      if (asJson) {
        printJson(lineOf(report, true));
        return;
      }
      if (onTerminal) process.stderr.write('\r\u001b[K');
      const overrun = steady && report.overruns > 0 ? `, ${report.overruns} not sent in time` : '';
      say(
        `${report.published} messages in ${report.seconds.toFixed(1)} s, ${Math.round(report.perSecond)} a second${overrun}`,
      );
    },
  };
}

const showEveryMillis = 1_000;

/** On a terminal: how far the reading is, until the first message is on its way. */
export function readingProgress(clock: { now(): number } = systemClock) {
  const begunAt = clock.now();
  let shownAt = begunAt;
  let reading = process.stderr.isTTY === true;
  return {
    show(share: number): void {
      const now = clock.now();
      if (!reading || now - shownAt < showEveryMillis) return;
      shownAt = now;
      process.stderr.write(`\r\u001b[KReading, ${percent(share)}${timeLeft((now - begunAt) / 1_000, share)}`);
    },
    done(): void {
      reading = false;
    },
  };
}

function lineOf(report: DeliveryReport, done: boolean): ShopLine {
  const { user, system } = process.cpuUsage();
  return { ...report, perSecond: Math.round(report.perSecond), cpuMicros: user + system, done };
}

/** Rate, share, time left. */
export function words({ published, seconds, perSecond, share }: DeliveryReport): string {
  const rate = `${published} messages, ${Math.round(perSecond)} a second`;
  return share === null ? rate : `${percent(share)}, ${rate}${timeLeft(seconds, share)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function timeLeft(seconds: number, share: number): string {
  if (share <= 0) return '';
  const left = Math.round((seconds / share) * (1 - share));
  const [hours, minutes] = [Math.floor(left / 3_600), Math.floor((left % 3_600) / 60)];
  const two = (value: number) => String(value).padStart(2, '0');
  const upper = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes);
  return `, ${upper}:${two(left % 60)} left`;
}
