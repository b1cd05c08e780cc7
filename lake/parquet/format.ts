/** Numbers that stand for names in Parquet's headers, as far as this writer uses them. */
export const physicalTypes = {
  BOOLEAN: 0,
  INT32: 1,
  INT64: 2,
  FLOAT: 4,
  DOUBLE: 5,
  BYTE_ARRAY: 6,
} as const;
export type PhysicalType = keyof typeof physicalTypes;

export const convertedTypes = { UTF8: 0, DECIMAL: 5, DATE: 6, TIMESTAMP_MICROS: 10 } as const;
export type ConvertedType = keyof typeof convertedTypes;

export const encodings = { PLAIN: 0, RLE: 3, DELTA_BINARY_PACKED: 5, RLE_DICTIONARY: 8 } as const;
export type Encoding = keyof typeof encodings;

export const pageTypes = { DICTIONARY: 2, DATA_V2: 3 } as const;

export const zstdCodec = 6;
