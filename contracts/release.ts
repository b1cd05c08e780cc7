import type { Column, Field } from './column.ts';
import { envelopeFields } from './envelope-fields.ts';
import { type EventDefinition, events } from './events.ts';
import { type Table, tables } from './tables.ts';

/**
 * The version of the contract as a whole: major.minor. A legal change raises the minor version. An illegal one is
 * another event version, or another column beside the old one.
 */
export const contractVersion = '1.2';

/** What of a field or column others rely on. */
export interface ReleasedField {
  readonly type: string;
  readonly required: boolean;
  readonly fieldId: number;
  readonly accepted?: readonly string[];
  readonly minimum?: number;
  readonly maxLength?: number;
  readonly digits?: number;
}

export type ReleasedFields = Readonly<Record<string, ReleasedField>>;

/** The contract as plain data, as it is kept of every release. */
export interface Release {
  readonly version: string;
  readonly envelope: ReleasedFields;
  readonly events: Readonly<
    Record<
      string,
      { readonly schemaVersion: number; readonly parts: Readonly<Record<string, ReleasedFields>> }
    >
  >;
  readonly tables: Readonly<
    Record<
      string,
      { readonly kind: string; readonly key: readonly string[]; readonly columns: ReleasedFields }
    >
  >;
}

export function currentRelease(): Release {
  return {
    version: contractVersion,
    envelope: fieldsOf(envelopeFields),
    events: mapped(events as Readonly<Record<string, EventDefinition>>, ({ schemaVersion, parts }) => ({
      schemaVersion,
      parts: Object.fromEntries(parts.map((part) => [part.name, fieldsOf(part.fields)])),
    })),
    tables: mapped(tables as Readonly<Record<string, Table>>, ({ kind, key, columns }) => ({
      kind,
      key,
      columns: fieldsOf(columns),
    })),
  };
}

function fieldsOf(fields: readonly (Column & Partial<Field>)[]): ReleasedFields {
  return Object.fromEntries(
    fields.map(({ name, type, required, fieldId, accepted, minimum, maxLength, digits }) => [
      name,
      {
        type,
        required,
        fieldId,
        ...(accepted && { accepted }),
        ...(minimum !== undefined && { minimum }),
        ...(maxLength !== undefined && { maxLength }),
        ...(digits !== undefined && { digits }),
      },
    ]),
  );
}

function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
