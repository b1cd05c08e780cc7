import type { Instant, Money } from './values.ts';

export type ColumnType = 'string' | 'int64' | 'money' | 'instant' | 'date' | 'bool' | 'bytes' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly required: boolean;
  /** Stable for ever: Iceberg and the row encoder know a column by this number, not by its name. */
  readonly fieldId: number;
  readonly description: string;
  readonly accepted?: readonly string[];
}

/** What a producer may get wrong about a value and still be understood; each is listed on the row. */
export const correctionKinds = [
  'trimmed',
  'recased',
  'zone_assumed',
  'precision_cut',
  'number_to_money',
  'money_rewritten',
  'string_to_number',
  'number_to_text',
  'empty_to_null',
  'taken_from_attribute',
  'derived',
] as const;
export type CorrectionKind = (typeof correctionKinds)[number];

export interface Correction {
  /** JSON Pointer into the message. */
  readonly path: string;
  readonly kind: CorrectionKind;
}

/** A column that also travels in the message, with the rules a value must keep. */
export interface Field extends Column {
  readonly corrections: readonly CorrectionKind[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** Exactly this many decimal digits: a text of digits whose leading zeros matter. */
  readonly digits?: number;
}

type Scalar<C extends Column> = C extends { accepted: readonly (infer A)[] }
  ? A
  : {
      string: string;
      int64: number;
      money: Money;
      instant: Instant;
      date: number;
      bool: boolean;
      bytes: Uint8Array;
      json: string;
    }[C['type']];

/** The values of a list of columns, keyed by column name; what is not required may be null. */
export type ValuesOf<L extends readonly Column[]> = {
  readonly [C in L[number] as C['name']]: C['required'] extends true ? Scalar<C> : Scalar<C> | null;
};
