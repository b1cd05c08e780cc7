import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRunning, markOf, processStat } from './process-stat.ts';

describe.skipIf(!existsSync('/proc/self/stat'))('processStat', () => {
  it('tells when this process began, and that its time goes on', () => {
    const before = processStat(process.pid);
    const until = process.cpuUsage().user + 30_000;
    while (process.cpuUsage().user < until);
    const after = processStat(process.pid);
    expect(after?.startedAt).toMatch(/^\d+$/);
    expect(after?.startedAt).toBe(before?.startedAt);
    expect(after?.cpuTicks).toBeGreaterThan(before?.cpuTicks ?? Number.NaN);
    expect(after?.isZombie).toBe(false);
  });

  it('reads past a name with spaces and parentheses', async () => {
    const child = spawn('bash', ['-c', "printf ') R 1 (' > /proc/self/comm; echo named; read"], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    expect(processStat(child.pid ?? 0)).toMatchObject({
      isZombie: false,
      startedAt: expect.stringMatching(/^\d+$/),
    });
    const ended = once(child, 'close');
    child.stdin.end('\n');
    await ended;
    expect(processStat(child.pid ?? 0)).toBeUndefined();
  });

  it('takes one that was killed for ended, though its parent never asks for it', async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    // A shell would ask; what it becomes does not know of the child.
    const isShell = (): boolean => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'cat\n';
    while (isShell()) await new Promise(setImmediate);
    const child = markOf(Number(line));
    expect([isRunning(child), isRunning({ ...child, startedAt: '1' })]).toEqual([true, false]);
    process.kill(child.pid, 'SIGKILL');
    while (!processStat(child.pid)?.isZombie) await new Promise(setImmediate);
    expect(isRunning(child)).toBe(false);
    const ended = once(parent, 'close');
    parent.stdin.end();
    await ended;
  });
});
