/**
 * Columns of DuckDB's that no schema shows, by a prefix that the service keeps from its users: when a streamed row, as
 * it is, came; of rows that were replaced when that was, and between which changes of the whole table; and how many
 * rows there were once something had come.
 */
export const cameColumn = '_ROW_TIMESTAMP';
export const untilColumn = '_ROW_TIMESTAMP_UNTIL';
export const spanColumn = '_ROW_TIMESTAMP_SPAN';
export const rowsColumn = '_ROW_TIMESTAMP_ROWS';
