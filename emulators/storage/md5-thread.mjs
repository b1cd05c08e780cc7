import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

// The far side of md5-background.ts. Plain JavaScript: a thread that must strip types first takes 50 ms longer to start.

const hashes = new Map();

parentPort.on('message', ({ kind, id, slab, length }) => {
  if (kind === 'update') {
    const hash = hashes.get(id) ?? createHash('md5');
    hashes.set(id, hash);
    hash.update(new Uint8Array(slab, 0, length));
    parentPort.postMessage({ kind: 'taken', id, slab }, [slab]);
    return;
  }
  const hash = hashes.get(id) ?? createHash('md5');
  hashes.delete(id);
  if (kind === 'digest') parentPort.postMessage({ kind: 'digest', id, md5Hash: hash.digest('base64') });
});
