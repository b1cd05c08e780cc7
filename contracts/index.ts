/** What an order, an item and a payment are: types, tables, the decoder, and every schema derived from them. */

export type { BigQueryField } from './bigquery-schema.ts';
export { bigquerySchema } from './bigquery-schema.ts';
export type { Column, ColumnType, Correction, CorrectionKind, Field } from './column.ts';
export { correctionKinds } from './column.ts';
export { dataDictionary } from './data-dictionary.ts';
export { decode } from './decode.ts';
export { exampleOrder } from './example-order.ts';
export type { IcebergField, IcebergSchema } from './iceberg-schema.ts';
export { icebergSchema } from './iceberg-schema.ts';
export { jsonSchema } from './json-schema.ts';
export { moneyText } from './money-text.ts';
export { names } from './names.ts';
export type { Order, OrderItem, OrderPayment } from './order-placed.ts';
export { brazilianStates, eventType, orderStatuses, paymentTypes, schemaVersion } from './order-placed.ts';
export type { DeadReason, Death, Event, Outcome, Received, Rules } from './outcome.ts';
export { deadReasons, defaultRules } from './outcome.ts';
export { contentHash } from './parts.ts';
export type { FieldDescriptor, RowDescriptor } from './row-descriptor.ts';
export { rowDescriptor } from './row-descriptor.ts';
export type { RowChange, RowEncoder } from './row-encoder.ts';
export { rowEncoder } from './row-encoder.ts';
export { deadLetterRow, rowsOf } from './rows.ts';
export type { Row, Rows, Table, TableName } from './tables.ts';
export { tables } from './tables.ts';
export type { Brand, Instant, Money } from './values.ts';
export type { Version } from './version.ts';
export { changeSequence, compareVersions } from './version.ts';
