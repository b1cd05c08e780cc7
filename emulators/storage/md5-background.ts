import { Worker } from 'node:worker_threads';

const slabBytes = 512 * 1024;
/** Slabs that one stream may have on the way; its sender waits with the next. */
const mostOnTheWay = 2;
/** Slabs kept for the next stream: memory that was never touched costs more to get than to fill. */
const mostFree = 3;

type FromThread =
  | { readonly kind: 'taken'; readonly id: number; readonly slab: ArrayBuffer }
  | { readonly kind: 'digest'; readonly id: number; readonly md5Hash: string };

/**
 * MD5 on a thread of its own, for it is half of what a long upload costs and cannot be split: the main thread goes on
 * reading and writing meanwhile. The thread starts with the first stream and ends with `close`.
 */
export class Md5Background {
  readonly #streams = new Map<number, Md5Stream>();
  readonly #free: ArrayBuffer[] = [];
  #worker: Worker | undefined;
  #lastId = 0;

  begin(): Md5Stream {
    const worker = this.#thread();
    this.#lastId += 1;
    const id = this.#lastId;
    const stream = new Md5Stream({
      send: (kind, slab, length) =>
        worker.postMessage({ kind, id, slab, length }, slab === undefined ? [] : [slab]),
      slab: () => this.#free.pop() ?? new ArrayBuffer(slabBytes),
      ended: () => this.#streams.delete(id),
    });
    this.#streams.set(id, stream);
    return stream;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./md5-thread.mjs', import.meta.url), {
      // Of the process's own flags some, as --input-type, would keep the thread from starting.
      execArgv: [],
      // It makes next to no objects.
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
    worker.unref();
    worker.on('message', (message: FromThread) => this.#heard(message));
    worker.on('error', (error) => this.#failed(error));
    worker.on('exit', () => this.#failed(new Error('The thread that calculates MD5 has ended.')));
    this.#worker = worker;
    return worker;
  }

  #heard(message: FromThread): void {
    if (message.kind === 'taken' && this.#free.length < mostFree) this.#free.push(message.slab);
    this.#streams.get(message.id)?.heard(message);
  }

  #failed(error: unknown): void {
    this.#worker = undefined;
    for (const stream of this.#streams.values()) stream.failed(error);
    this.#streams.clear();
  }
}

interface Link {
  send(kind: 'update' | 'digest' | 'forget', slab?: ArrayBuffer, length?: number): void;
  slab(): ArrayBuffer;
  ended(): void;
}

/** The bytes of one upload on their way to the thread. */
export class Md5Stream {
  readonly #link: Link;
  readonly #digest = Promise.withResolvers<string>();
  #onTheWay = 0;
  #hasRoom: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(link: Link) {
    this.#link = link;
    // A stream that is forgotten has nobody who waits for its digest.
    this.#digest.promise.catch(() => undefined);
  }

  /** Copies the bytes, and resolves when there is room for more. */
  async update(chunks: readonly Uint8Array[]): Promise<void> {
    let slab: Uint8Array<ArrayBuffer> | undefined;
    let length = 0;
    for (const chunk of chunks) {
      for (let done = 0; done < chunk.length; ) {
        slab ??= new Uint8Array(this.#link.slab());
        const some = chunk.subarray(done, done + slabBytes - length);
        slab.set(some, length);
        length += some.length;
        done += some.length;
        if (length < slabBytes) continue;
        this.#send(slab, length);
        [slab, length] = [undefined, 0];
        await this.#room();
      }
    }
    if (slab !== undefined) this.#send(slab, length);
    await this.#room();
  }

  digest(): Promise<string> {
    this.#link.send('digest');
    return this.#digest.promise;
  }

  forget(): void {
    this.#link.send('forget');
    this.#link.ended();
  }

  heard(message: FromThread): void {
    if (message.kind === 'digest') {
      this.#link.ended();
      this.#digest.resolve(message.md5Hash);
      return;
    }
    this.#onTheWay -= 1;
    this.#hasRoom?.resolve();
    this.#hasRoom = undefined;
  }

  failed(error: unknown): void {
    this.#failure = { error };
    this.#digest.reject(error);
    this.#hasRoom?.reject(error);
  }

  #send(slab: Uint8Array<ArrayBuffer>, length: number): void {
    this.#onTheWay += 1;
    this.#link.send('update', slab.buffer, length);
  }

  async #room(): Promise<void> {
    // What is sent to a thread that has ended is never taken.
    if (this.#failure !== undefined) throw this.#failure.error;
    while (this.#onTheWay >= mostOnTheWay) {
      this.#hasRoom ??= Promise.withResolvers<void>();
      await this.#hasRoom.promise;
    }
  }
}
