export const brazilianStates = [
  ...(['AC', 'AL', 'AM', 'AP', 'BA', 'CE', 'DF', 'ES', 'GO', 'MA', 'MG', 'MS', 'MT', 'PA'] as const),
  ...(['PB', 'PE', 'PI', 'PR', 'RJ', 'RN', 'RO', 'RR', 'RS', 'SC', 'SE', 'SP', 'TO'] as const),
] as const;

/**
 * What the fields of all events are made of: a kind says its type, its bounds and what of it may be put right.
 */
export const identifier = {
  type: 'string',
  required: true,
  maxLength: 64,
  corrections: ['trimmed'],
} as const;
export const choice = { type: 'string', required: true, corrections: ['trimmed', 'recased'] } as const;
export const moment = { type: 'instant', corrections: ['trimmed', 'zone_assumed', 'precision_cut'] } as const;
export const optionalMoment = {
  type: 'instant',
  required: false,
  corrections: [...moment.corrections, 'empty_to_null'],
} as const;
export const amount = {
  type: 'money',
  required: true,
  minimum: 0,
  corrections: ['trimmed', 'number_to_money', 'money_rewritten'],
} as const;
export const count = { type: 'int64', required: true, corrections: ['trimmed', 'string_to_number'] } as const;

export const versionField = {
  name: 'version',
  type: 'int64',
  required: true,
  minimum: 1,
  corrections: ['trimmed', 'string_to_number', 'derived'],
  description: 'Counts up from 1 with every change of what the row is about; the highest wins.',
} as const;

export const zipPrefix = {
  type: 'string',
  required: true,
  digits: 5,
  corrections: ['trimmed', 'number_to_text'],
} as const;

/** A name in the words of the source. */
export const label = {
  type: 'string',
  required: true,
  maxLength: 200,
  corrections: ['trimmed'],
} as const;
export const optionalLabel = {
  ...label,
  required: false,
  corrections: [...label.corrections, 'empty_to_null'],
} as const;
export const optionalIdentifier = {
  ...identifier,
  required: false,
  corrections: [...identifier.corrections, 'empty_to_null'],
} as const;
export const optionalCount = {
  ...count,
  required: false,
  minimum: 0,
  corrections: [...count.corrections, 'empty_to_null'],
} as const;
