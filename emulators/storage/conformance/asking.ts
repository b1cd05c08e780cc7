import { request } from 'node:http';
import { plainly } from './plain-request.ts';
import type { Stage } from './scenario.ts';

/** What the client throws for an answer of the service. */
export interface Refusal {
  readonly code: number | string;
  readonly message: string;
  readonly errors?: readonly { readonly reason: string }[];
}

export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  return work.then(
    () => {
      throw new Error('Expected a refusal, got an answer.');
    },
    (error: unknown) => error as Refusal,
  );
}

export async function textOf({ bucket }: Stage, name: string): Promise<string> {
  return (await bucket.file(name).download())[0].toString();
}

export async function namesIn({ bucket }: Pick<Stage, 'bucket'>): Promise<string[]> {
  return (await bucket.getFiles())[0].map((file) => file.name);
}

export async function generationOf({ bucket }: Stage, name: string): Promise<number> {
  return Number((await bucket.file(name).getMetadata())[0].generation);
}

export async function statusOf(answer: Promise<Response>): Promise<number> {
  const got = await answer;
  await got.arrayBuffer();
  return got.status;
}

/** An upload in one request: the client would rather begin a resumable one, of any size. */
export const simple = { resumable: false } as const;

/** The client has no call for `uploadType=media`. */
export async function insertMedia({ ask }: Stage, name: string, text: string, query = ''): Promise<Response> {
  const parameters = `uploadType=media&name=${encodeURIComponent(name)}${query}`;
  return ask(`/upload/storage/v1/b/{bucket}/o?${parameters}`, { method: 'POST', body: text });
}

/** The service keeps whole granules of an unfinished upload. */
export const granuleBytes = 256 * 1024;

export const longObject: Buffer = Buffer.from(
  Array.from({ length: 3 * granuleBytes + 1000 }, (_, i) => (i * 31 + (i >> 9)) & 255),
);

export async function beginUpload({ bucket }: Pick<Stage, 'bucket'>, name = 'long'): Promise<string> {
  const [address] = await bucket.file(name).createResumableUpload();
  return address;
}

export function put(
  address: string,
  range: string,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<Response> {
  return plainly(address, {
    method: 'PUT',
    headers: { 'content-range': range, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

export const span = (first: number, end: number, total: number | '*' = '*'): string =>
  `bytes ${first}-${end - 1}/${total}`;

/** Sends the head and a part of the body, then breaks the connection. */
export function breakOff(address: string, range: string, part: Buffer, announced: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'content-range': range, 'content-length': announced };
    const sent = request(address, { method: 'PUT', headers });
    sent.on('error', () => resolve());
    sent.write(part, () => setTimeout(() => sent.destroy(new Error('cable pulled')), 20));
  });
}
