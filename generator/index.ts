/** A believable shop with defects on purpose, and the ledger that says what must become of each message. */
export {
  type DefectName,
  type DefectRates,
  defaultDefects,
  defectNames,
  noDefects,
  readDefectRates,
} from './defects.ts';
export { type GenerateOptions, generate, type Publication } from './generate.ts';
export {
  type ExpectedTables,
  expectedTables,
  type LedgerLine,
  type OtherTable,
  readLedger,
  type Totals,
} from './ledger.ts';
export { lineOf } from './publication.ts';
export { type Stream, streams } from './timeline.ts';
