import { Agent, request } from 'node:http';

/** One request and its answer with nothing in between: what a server can do, not what a client library costs. */
export class RawHttp {
  readonly #origin: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  /** Resolves with the status once the whole answer is here; its bytes are counted and forgotten. */
  ask(method: string, path: string, body?: Uint8Array): Promise<{ status: number; bytes: number }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#origin;
      const headers = body === undefined ? {} : { 'content-length': body.length };
      const asked = request({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
        answer.on('error', reject);
      });
      asked.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
