import { managedwriter } from '@google-cloud/bigquery-storage';
import { rowDescriptor, type Table } from '../../contracts/index.ts';
import { TransientError } from '../../runtime/index.ts';

type Connection = Awaited<ReturnType<managedwriter.WriterClient['createStreamConnection']>>;
export type AppendReply = Awaited<ReturnType<ReturnType<managedwriter.Writer['appendRows']>['getResult']>>;

interface Link {
  readonly connection: Connection;
  readonly writer: managedwriter.Writer;
  forsaken: boolean;
}

/**
 * The connection to the default stream of one table.
 *
 * States: *linked* (appends are on the wire, each answered in its turn) → an answer does not come in time → *forsaken*
 * (all that wait on it are told so, its late answers are nobody's) and a new one is linked. A connection that ended by
 * itself is opened again by the client. The client's own reconnect is not for the first case: it matches answers to
 * appends by their order alone and keeps the old ones in line, so an answer of the new connection would confirm an
 * append of the old one that never arrived.
 */
export class WriteLine {
  private readonly client: managedwriter.WriterClient;
  private readonly table: Table;
  private readonly path: string;
  private readonly patienceMillis: number;
  private link: Promise<Link>;

  private constructor(
    client: managedwriter.WriterClient,
    table: Table,
    { path, patienceMillis }: { readonly path: string; readonly patienceMillis: number },
  ) {
    this.client = client;
    this.table = table;
    this.path = path;
    this.patienceMillis = patienceMillis;
    this.link = this.connect();
  }

  static async open(
    client: managedwriter.WriterClient,
    table: Table,
    where: { readonly path: string; readonly patienceMillis: number },
  ): Promise<WriteLine> {
    const line = new WriteLine(client, table, where);
    await line.link;
    return line;
  }

  async append(serializedRows: Uint8Array[]): Promise<AppendReply> {
    const link = await this.link;
    const write = link.writer.appendRows({ serializedRows });
    const patience = setTimeout(() => this.forsake(link), this.patienceMillis);
    try {
      return await write.getResult();
    } catch (error) {
      if (!link.forsaken) throw error;
      throw new TransientError(`BigQuery did not answer for ${this.path}`, {
        expected: `an answer within ${this.patienceMillis} ms`,
        got: 'none',
      });
    } finally {
      clearTimeout(patience);
    }
  }

  close(): void {
    this.link.then(
      ({ writer }) => writer.close(),
      () => {},
    );
  }

  private async connect(): Promise<Link> {
    const connection = await this.client.createStreamConnection({
      streamId: managedwriter.DefaultStream,
      destinationTable: this.path,
    });
    // Without a listener a refused stream would be an uncaught 'error'; the pending writes carry it to us.
    connection.onConnectionError(() => {});
    const writer = new managedwriter.Writer({ connection, protoDescriptor: rowDescriptor(this.table) });
    return { connection, writer, forsaken: false };
  }

  private forsake(link: Link): void {
    if (link.forsaken) return;
    link.forsaken = true;
    this.link = this.connect();
    this.link.catch(() => {});
    const unanswered = link.connection.getPendingWrites();
    link.connection.close();
    for (const write of unanswered) {
      // The client remembers every connection it made, with what was never answered on it: the rows must not stay.
      delete write.getRequest().protoRows;
      write.abort();
    }
  }
}
