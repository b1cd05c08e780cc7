import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runConformance } from './run.ts';
import { ownServer, remoteServer } from './servers.ts';

const places = [process.env.CLOUDSDK_ROOT_DIR, '/usr/lib/google-cloud-sdk', '/opt/google-cloud-sdk'];
const program = places
  .flatMap((place) => (place ? [join(place, 'platform/pubsub-emulator/bin/cloud-pubsub-emulator')] : []))
  .find((path) => existsSync(path));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const ok = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (ok) return;
    await sleep(100);
  }
  throw new Error("Google's emulator did not answer within 30 seconds.");
}

test.skipIf(program === undefined)("what Google's emulator does right is right here too", async () => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  const words = ['--host=127.0.0.1', `--port=${port}`, `--data-dir=${folder}`];
  const child: ChildProcess = spawn(program ?? '', words, { stdio: 'ignore', detached: true });
  try {
    await answers(port);
    const peer = remoteServer(`127.0.0.1:${port}`, 'conformance');
    const theirs = await runConformance(peer, 8);
    await peer.close();
    const own = await ownServer();
    const ours = await runConformance(own, 1);
    await own.close();
    const worse = ours.filter(({ passed }, i) => !passed && theirs[i]?.passed);
    expect(worse).toEqual([]);
    const missed = theirs.filter(({ passed }) => !passed).map(({ chapter, title }) => `${chapter}: ${title}`);
    process.stderr.write(`Google's emulator: ${theirs.length - missed.length} of ${theirs.length}\n`);
    for (const one of missed) process.stderr.write(`  not  ${one}\n`);
  } finally {
    // The program is a shell script that starts Java: the group ends both.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
