import { Readable } from 'node:stream';
import { SqlError } from '../sql/sql-error.ts';

export interface ObjectAddress {
  readonly bucket: string;
  readonly name: string;
}

export function parseUri(uri: string): ObjectAddress {
  const [, bucket, name] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  if (bucket === undefined || name === undefined)
    throw new SqlError(`Source URI must be a Google Cloud Storage location: ${uri}`, undefined, 'invalid');
  return { bucket, name };
}

/** Cloud Storage as load and extract jobs need it, over its JSON API at whatever answers as STORAGE_EMULATOR_HOST. */
export class Objects {
  readonly #host: () => string | undefined;

  constructor(host: () => string | undefined) {
    this.#host = host;
  }

  async list(bucket: string, prefix: string): Promise<string[]> {
    const names: string[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query = new URLSearchParams({ prefix, ...(token && { pageToken: token }) });
      const response = await this.#fetch(`/storage/v1/b/${encodeURIComponent(bucket)}/o?${query}`);
      if (response.status === 404) throw notFoundUri(`gs://${bucket}/${prefix}*`);
      const page = (await response.json()) as { items?: { name: string }[]; nextPageToken?: string };
      names.push(...(page.items ?? []).map((i) => i.name));
      token = page.nextPageToken;
    }
    return names;
  }

  async size(address: ObjectAddress): Promise<number> {
    const response = await this.#fetch(objectPath(address));
    if (response.status === 404) throw notFoundUri(`gs://${address.bucket}/${address.name}`);
    return Number(((await response.json()) as { size?: string }).size ?? 0);
  }

  async read(address: ObjectAddress): Promise<Readable> {
    const response = await this.#fetch(`${objectPath(address)}?alt=media`);
    if (response.status === 404) throw notFoundUri(`gs://${address.bucket}/${address.name}`);
    return response.body
      ? Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)
      : Readable.from([]);
  }

  async write(address: ObjectAddress, bytes: Uint8Array, contentType: string): Promise<void> {
    const query = new URLSearchParams({ uploadType: 'media', name: address.name });
    const response = await this.#fetch(
      `/upload/storage/v1/b/${encodeURIComponent(address.bucket)}/o?${query}`,
      { method: 'POST', body: bytes as Uint8Array<ArrayBuffer>, headers: { 'content-type': contentType } },
    );
    await response.arrayBuffer();
    if (response.status === 404) throw notFoundUri(`gs://${address.bucket}`);
    if (!response.ok)
      throw new SqlError(
        `Writing gs://${address.bucket}/${address.name} failed: storage answered ${response.status}`,
        undefined,
        'backendError',
      );
  }

  async #fetch(path: string, init?: RequestInit): Promise<Response> {
    const host = this.#host();
    if (host === undefined || host === '')
      throw new SqlError(
        'gs:// is read from an emulated Cloud Storage, and STORAGE_EMULATOR_HOST names none',
        undefined,
        'invalid',
      );
    const origin = (/^https?:\/\//.test(host) ? host : `http://${host}`).replace(/\/+$/, '');
    try {
      return await fetch(origin + path, init);
    } catch (error) {
      throw new SqlError(
        `Cloud Storage at ${origin} does not answer: ${error instanceof Error ? error.message : String(error)}`,
        undefined,
        'backendError',
      );
    }
  }
}

const objectPath = ({ bucket, name }: ObjectAddress): string =>
  `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`;
const notFoundUri = (uri: string): SqlError => new SqlError(`Not found: URI ${uri}`, undefined, 'notFound');
