import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type protobuf from 'protobufjs';

export interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(message: T): Uint8Array;
}

/** The API as its own client ships it, so that what is served is by construction what is called. */
const api = once(() => {
  const require = createRequire(import.meta.url);
  const { Root } = require('protobufjs/light.js') as typeof protobuf;
  const file = require.resolve('@google-cloud/pubsub/build/protos/protos.json');
  return Root.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
});

/**
 * Codecs for messages of the API. Reading the API takes longer than all else at the start, so the first message that
 * is decoded whole pays for it; those of the hot paths never are.
 */
export class PubSubProtos {
  /** Fields that the bytes do not carry are absent; 64-bit numbers are Numbers. */
  codec<T extends object>(name: string): Codec<T> {
    return codecOf<T>(once(() => api().lookupType(`google.pubsub.v1.${name}`)));
  }

  /** Request and response of one method, by the names its service declares. */
  method<Request extends object, Response extends object>(service: string, method: string) {
    const declared = once(() => {
      const found = api().lookupService(`google.pubsub.v1.${service}`).methods[method];
      if (found === undefined) throw new Error(`The API has no method ${service}.${method}.`);
      found.resolve();
      return found;
    });
    return {
      request: codecOf<Request>(() => typeOf(declared().resolvedRequestType)),
      response: codecOf<Response>(() => typeOf(declared().resolvedResponseType)),
    };
  }
}

function codecOf<T extends object>(type: () => protobuf.Type): Codec<T> {
  return {
    decode: (bytes) =>
      type().toObject(type().decode(bytes), { longs: Number, enums: String, bytes: Buffer }) as T,
    encode: (message) => type().encode(type().fromObject(message)).finish(),
  };
}

function typeOf(type: protobuf.Type | null): protobuf.Type {
  if (type === null) throw new Error('A method of the API has a type that the API does not have.');
  return type;
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
