/** A believable shop with defects on purpose, and the ledger that says what must become of each message. */
export { type DefectRates, defaultDefects, noDefects } from './defects.ts';
export { copyDelay, type GenerateOptions, generate, type Publication } from './generate.ts';
export { type ExpectedTables, expectedTables, type LedgerLine, readLedger, type Totals } from './ledger.ts';
