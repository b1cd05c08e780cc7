import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import protobuf from 'protobufjs';

export interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(message: T): Uint8Array;
}

/** The API as its own client ships it, so that what is served is by construction what is called. */
export class PubSubProtos {
  readonly #root: protobuf.Root;

  constructor() {
    const file = createRequire(import.meta.url).resolve('@google-cloud/pubsub/build/protos/protos.json');
    this.#root = protobuf.Root.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
  }

  /** Fields that the bytes do not carry are absent; 64-bit numbers are Numbers. */
  codec<T extends object>(name: string): Codec<T> {
    const type = this.#root.lookupType(`google.pubsub.v1.${name}`);
    return {
      decode: (bytes) =>
        type.toObject(type.decode(bytes), { longs: Number, enums: String, bytes: Buffer }) as T,
      encode: (message) => type.encode(type.fromObject(message)).finish(),
    };
  }

  /** Request and response of one method, by the names its service declares. */
  method<Request extends object, Response extends object>(service: string, method: string) {
    const declared = this.#root.lookupService(`google.pubsub.v1.${service}`).methods[method];
    if (declared === undefined) throw new Error(`The API has no method ${service}.${method}.`);
    const type = <T extends object>(name: string): Codec<T> =>
      name.startsWith('google.protobuf.') ? (emptyCodec as Codec<T>) : this.codec<T>(name);
    return { request: type<Request>(declared.requestType), response: type<Response>(declared.responseType) };
  }
}

const emptyCodec: Codec<object> = { decode: () => ({}), encode: () => new Uint8Array() };
