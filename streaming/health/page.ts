import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopbackHost, messageOf, SetupError } from '../../runtime/index.ts';
import { isLive, isReady, type Judgement, type Vitals } from './judgement.ts';
import { prometheusText } from './prometheus.ts';

export interface HealthPage {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const pages: Readonly<Record<string, (vitals: Vitals) => Answer>> = {
  '/live': (vitals) => told(isLive(vitals)),
  '/ready': (vitals) => told(isReady(vitals)),
  '/metrics': (vitals) => ({ status: 200, type: 'text/plain; version=0.0.4', body: prometheusText(vitals) }),
};

/** Serves /live, /ready and /metrics, to this machine only: the figures are nobody else's business. */
export async function serveHealth(port: number, vitals: () => Vitals): Promise<HealthPage> {
  const server = createServer((request, response) => {
    const { status, type, body } = answer(request, vitals);
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await listening(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function answer(
  { method, url, headers: { host = 'localhost' } }: IncomingMessage,
  vitals: () => Vitals,
): Answer {
  if (!isLoopbackHost(host)) return plainText(403, 'These pages are for this machine alone.\n');
  const page = pages[url?.split('?')[0] ?? ''];
  if (!page) return plainText(404, `There is ${Object.keys(pages).join(', ')}.\n`);
  if (method !== 'GET' && method !== 'HEAD') return plainText(405, 'These pages are only read.\n');
  return page(vitals());
}

function told({ healthy, reasons }: Judgement): Answer {
  return plainText(healthy ? 200 : 503, healthy ? 'ok\n' : `${reasons.join('\n')}\n`);
}

function plainText(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new SetupError(`the health page cannot be served on port ${port}`, {
          got: messageOf(cause),
          action: 'Choose another --health-port, or 0 for a free one',
          cause,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
