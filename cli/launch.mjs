/**
 * node cli/launch.mjs FILE [ARGUMENTS]: installs what is missing, then runs FILE on Node 24.
 *
 * It runs on whatever Node the machine has (20 or later) and imports nothing that is installed. When nothing is
 * missing and this Node is new enough it costs two file stats.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = 24;

const lockfile = join(home, 'package-lock.json');
/** npm writes this file last, so an install that was cut off counts as none. */
const packages = join(home, 'node_modules');
const installedFile = join(packages, '.package-lock.json');
const stampFile = join(packages, '.orderlake-installed');

/** A checkout touches the lockfile without changing it, so what our own install left decides where it is newer. */
function isInstalled() {
  // A link leads to what another checkout installed and still uses: `npm ci` would empty that one.
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink()) return true;
  const done = statSync(installedFile, { throwIfNoEntry: false });
  if (done === undefined) return false;
  return done.mtimeMs >= statSync(lockfile).mtimeMs || (existsSync(stampFile) && stamp() === lockDigest());
}

function stamp() {
  return readFileSync(stampFile, 'utf8');
}

function lockDigest() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

function install() {
  process.stderr.write('Installing packages (once, about half a minute) …\n');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  // Standard output belongs to the command that follows; npm's words go to standard error.
  const { status } = spawnSync(command, [...first, 'ci', '--loglevel', 'error'], {
    cwd: home,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status === 0) writeFileSync(stampFile, lockDigest());
  else end(`npm ci failed (exit code ${status}). Mend what it says above and start again.`);
}

function end(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(3);
}

function major(version) {
  return Number(version.split('.')[0]);
}

function installedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const path = join(home, `node_modules/node-${platform}-${process.arch}`, binary);
  return existsSync(path) ? path : undefined;
}

/** A tool from node_modules would hand the variable on to children that have no such descriptor. */
function isOurs(target) {
  return !target.startsWith(join(home, 'node_modules'));
}

const lookMillis = 500;

/** npm hands a signal to its shell, which dies of it and tells nobody: whoever stops `npm start` would stop nothing. */
function afterShell(then) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(looking);
    then();
  }, lookMillis);
  looking.unref();
}

export async function launch(file, parameters) {
  if (!isInstalled()) install();
  const target = resolve(home, file);
  if (major(process.versions.node) >= wanted) {
    afterShell(() => process.kill(process.pid, 'SIGTERM'));
    process.argv = [process.argv[0], target, ...parameters];
    await import(pathToFileURL(target).href);
    return;
  }
  const node = installedNode();
  if (!node) {
    end(
      `orderlake needs Node ${wanted} and found ${process.versions.node}. Install Node ${wanted} from your system's packages and start again.`,
    );
  }
  const path = `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;
  const child = spawn(node, [target, ...parameters], {
    // The fourth is the lifeline of cli/interrupt.ts: closed when we die, even by SIGKILL.
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, PATH: path, ...(isOurs(target) ? { ORDERLAKE_LIFELINE: '1' } : {}) },
  });
  // A terminal sends Ctrl-C to both of us; the child decides what it means. Other signals reach us alone.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  afterShell(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + (signal === 'SIGKILL' ? 9 : 15) : (code ?? 1)),
  );
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await launch(process.argv[2], process.argv.slice(3));
}
