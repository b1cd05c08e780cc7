import type { BigQuery, TableMetadata } from '@google-cloud/bigquery';
import type { v1 } from '@google-cloud/bigquery-storage';
import { type BigQueryField, bigquerySchema, type Table } from '../../contracts/index.ts';
import { codeOf, messageOf, OrderlakeError, SetupError, TransientError } from '../../runtime/index.ts';
import { type ColumnThere, columnsLacking } from './columns-lacking.ts';

export interface ColumnTools {
  readonly writer: Pick<v1.BigQueryWriteClient, 'getWriteStream'>;
  /** Asked for only where a column is missing: most workers never load this client. */
  readonly bigquery: () => Promise<BigQuery>;
  readonly added: (table: string, columns: readonly string[]) => void;
  /** Hears what a person must mend. Such an error names columns, never a value of a row: it may be logged whole. */
  readonly blocked: (error: SetupError) => void;
}

/** What an append asks for when BigQuery does not know its columns. */
export interface TableColumns {
  /** Resolves when nothing is missing; rejects with what a person must mend. */
  add(): Promise<void>;
}

/** Somebody else may change the table at the same moment, but not again and again. */
const mostRounds = 8;
const lookPatienceMillis = 10_000;
/** WriteStreamView.FULL: with the table's schema. */
const full = 2;

/**
 * Keeps a table as wide as the contract: columns are only ever added, NULLABLE ones only, each change under the etag
 * of what was read. Two workers that add the same column at once are both right: the slower one reads again and finds
 * it there.
 */
export class ContractColumns implements TableColumns {
  private readonly table: Table;
  private readonly place: { readonly project: string; readonly dataset: string };
  private readonly tools: ColumnTools;
  private readonly wanted: readonly BigQueryField[];
  private underWay: Promise<void> | undefined;

  constructor(
    table: Table,
    place: { readonly project: string; readonly dataset: string },
    tools: ColumnTools,
  ) {
    this.table = table;
    this.place = place;
    this.tools = tools;
    this.wanted = bigquerySchema(table);
  }

  private get name(): string {
    return `${this.place.dataset}.${this.table.name}`;
  }

  /** At the start, over the connection that rows will take: costs one small call where nothing is missing. */
  async look(): Promise<void> {
    const { project, dataset } = this.place;
    const name = `projects/${project}/datasets/${dataset}/tables/${this.table.name}/streams/_default`;
    const once = { timeout: lookPatienceMillis, retry: null };
    const [{ tableSchema }] = await this.tools.writer.getWriteStream({ name, view: full }, once);
    const there = (tableSchema?.fields ?? []) as readonly ColumnThere[];
    try {
      if (columnsLacking(this.name, this.wanted, there).length === 0) return;
    } catch (error) {
      throw this.known(error);
    }
    await this.add();
  }

  /** Appends that are refused at the same time wait for the same addition. */
  add(): Promise<void> {
    this.underWay ??= this.addMissing().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async addMissing(): Promise<void> {
    const client = await this.tools.bigquery();
    const table = client.dataset(this.place.dataset).table(this.table.name);
    for (let round = 1; round <= mostRounds; round++) {
      try {
        const [there]: [TableMetadata, ...unknown[]] = await table.getMetadata();
        const fields = there.schema?.fields ?? [];
        const lacking = columnsLacking(this.name, this.wanted, fields);
        if (lacking.length === 0) return;
        await table.setMetadata({ etag: there.etag ?? '', schema: { fields: [...fields, ...lacking] } });
        this.tools.added(
          this.name,
          lacking.map(({ name }) => name),
        );
        return;
      } catch (error) {
        if (codeOf(error) !== preconditionFailed) throw this.known(error);
      }
    }
    throw new TransientError(`${this.name} was changed by others each time its columns were to be added`);
  }

  private known(error: unknown): OrderlakeError {
    const known = this.classified(error);
    if (known instanceof SetupError) this.tools.blocked(known);
    return known;
  }

  private classified(error: unknown): OrderlakeError {
    if (error instanceof OrderlakeError) return error;
    const fields = { got: messageOf(error), cause: error };
    const code = codeOf(error);
    if (code === 401 || (code === 403 && !isAboutRate(error))) {
      return new SetupError(`${this.name} lacks columns of the contract, and the worker may not add them`, {
        ...fields,
        action:
          'Grant roles/bigquery.dataEditor on its dataset to the account of the worker, or add them with `orderlake infra apply` (`cdktf deploy`); rows wait until then',
      });
    }
    if (code === 404) {
      return new SetupError(`the table ${this.name} is not there`, {
        ...fields,
        action: 'Make it with `orderlake infra apply` (or `cdktf deploy`); rows wait until then',
      });
    }
    return new TransientError(`the columns of ${this.name} could not be brought up to date`, fields);
  }
}

const preconditionFailed = 412;

/** BigQuery says 403 also of a table that was changed more than five times in ten seconds. */
function isAboutRate(error: unknown): boolean {
  const { errors = [] } = error as { errors?: readonly { reason?: string }[] };
  return errors.some(({ reason }) => reason === 'rateLimitExceeded' || reason === 'quotaExceeded');
}
