import type { managedwriter } from '@google-cloud/bigquery-storage';
import type { AppendReply } from '../sinks/write-line.ts';

export interface Append {
  readonly table: string;
  readonly rows: readonly Uint8Array[];
  /** From 1, over all tables. */
  readonly request: number;
  readonly connection: number;
}

export type Answer = AppendReply | Error | 'never';

export const taken: AppendReply = { appendResult: {} };
/** An error as the client throws it, with one of gRPC's numbers. */
export const status = (code: number, message = 'no') => Object.assign(new Error(message), { code });

interface Request {
  protoRows?: { rows: { serializedRows: Uint8Array[] } };
}

/** Stands where the network would: answers append after append as it is told, on as many connections as it is asked for. */
export function writeService(answer: (append: Append) => Answer | Promise<Answer>) {
  const appends: Append[] = [];
  let connections = 0;
  const connect = (destination: string) => {
    const connection = ++connections;
    const table = destination.slice(destination.lastIndexOf('/') + 1);
    const pending: unknown[] = [];
    return {
      getStreamId: () => `${destination}/streams/_default`,
      onConnectionError: () => {},
      close: () => {},
      getPendingWrites: () => pending,
      write(request: Request) {
        const append = {
          table,
          rows: request.protoRows?.rows.serializedRows ?? [],
          request: appends.length + 1,
          connection,
        };
        appends.push(append);
        const { promise, resolve, reject } = Promise.withResolvers<AppendReply>();
        const write = { getRequest: () => request, abort: () => reject(new Error('aborted')) };
        void Promise.resolve(answer(append)).then((reply) => {
          if (reply === 'never') pending.push(write);
          else if (reply instanceof Error) reject(reply);
          else resolve(reply);
        });
        return { ...write, getResult: () => promise };
      },
    };
  };
  const client = {
    createStreamConnection: async ({ destinationTable }: { destinationTable: string }) =>
      connect(destinationTable),
  } as unknown as managedwriter.WriterClient;
  return { client, appends };
}
