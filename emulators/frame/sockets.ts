import type { Server, Socket } from 'node:net';

/** The open sockets of a server: closing a server alone waits for ever for clients that keep theirs alive. */
export class Sockets {
  readonly #open = new Map<string, Socket>();

  track(server: Server): void {
    server.on('connection', (socket: Socket) => this.add(socket));
  }

  add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#open.set(peer, socket);
    socket.once('close', () => this.#open.delete(peer));
  }

  get size(): number {
    return this.#open.size;
  }

  /** @param peer `address:port` of the other side */
  destroy(peer: string): void {
    this.#open.get(peer)?.destroy();
  }

  destroyAll(): void {
    for (const socket of this.#open.values()) socket.destroy();
  }
}

/** Listens on loopback only; a taken port is told with what to do about it. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('Expected a TCP address.'));
      else resolve(address.port);
    });
  });
}

export function close(server: Server, sockets: Sockets): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    sockets.destroyAll();
  });
}
