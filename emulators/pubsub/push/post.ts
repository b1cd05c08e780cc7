import { nodeHttp } from '../../frame/index.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  readonly timeoutMs: number;
}

/** Posts, and gives the status back; 0 where there was no answer. */
export class Poster {
  readonly #agent = new nodeHttp.Agent({ keepAlive: true, maxSockets: 64 });

  post({ url, headers, body, timeoutMs }: Post): Promise<number> {
    return new Promise((resolve) => {
      const length = String(Buffer.byteLength(body));
      const outgoing = nodeHttp.request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...headers, 'content-length': length },
        timeout: timeoutMs,
      });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => resolve(0));
      outgoing.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', () => resolve(0));
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
