/** What an order, an item and a payment are: types, tables, the decoder, and every schema derived from them. */
export type { Column, ColumnType, Correction, CorrectionKind, Field } from './column.ts';
export { correctionKinds } from './column.ts';
export { names } from './names.ts';
export type { Order, OrderItem, OrderPayment } from './order-placed.ts';
export { brazilianStates, eventType, orderStatuses, paymentTypes, schemaVersion } from './order-placed.ts';
export type { DeadReason, Death, Event, Outcome, Received, Rules } from './outcome.ts';
export { deadReasons, defaultRules } from './outcome.ts';
export type { Row, Rows, Table, TableName } from './tables.ts';
export { tables } from './tables.ts';
export type { Brand, Instant, Money } from './values.ts';
