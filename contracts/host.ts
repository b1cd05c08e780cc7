interface Decoder {
  decode(bytes: Uint8Array): string;
}

export interface Encoder {
  encodeInto(text: string, into: Uint8Array): { readonly written: number };
}

/** Declared here: this room's type library knows the language and nothing of its hosts. */
interface Host {
  readonly TextDecoder?: new (label: string, options: { fatal: boolean }) => Decoder;
  readonly TextEncoder?: new () => Encoder;
}

/** What the contract may use where it is there; QuickJS has neither. */
export const { TextDecoder, TextEncoder }: Host = globalThis as Host;

/** Such a host interprets: a loop over bytes costs it more than to hand a text to a function of its own. */
export const isInterpreter = TextDecoder === undefined;
