import type { TypeSyntax } from './parse/syntax.ts';
import { SqlError } from './sql-error.ts';
import type { Typed } from './typed.ts';
import { type Type, text } from './types.ts';

/** How many digits stand before the point and behind it at most. */
const digits: Readonly<Record<string, readonly [whole: number, scale: number]>> = {
  NUMERIC: [29, 9],
  BIGNUMERIC: [38, 38],
};

/** What may stand in the parentheses behind a type. */
export function checkParameters(kind: string, parameters: readonly number[], at: number): void {
  const refuse = (message: string): never => {
    throw new SqlError(message, at);
  };
  const [first = 0, scale = 0] = parameters;
  if (kind === 'STRING' || kind === 'BYTES') {
    if (parameters.length > 1)
      refuse(`${kind} type can only have one parameter. Found ${parameters.length} parameters`);
    if (first < 1) refuse(`${kind} length must be greater than 0`);
    return;
  }
  const [whole, places] = digits[kind] ?? refuse(`${kind} does not support type parameters`);
  if (parameters.length > 2)
    refuse(`${kind} type can only have 1 or 2 parameters. Found ${parameters.length} parameters`);
  if (scale > places) refuse(`In ${kind}(P, S), S must be between 0 and ${places}`);
  const least = Math.max(1, scale);
  if (first < least || first > whole + scale)
    refuse(
      `In ${kind}(P${parameters.length > 1 ? `, ${scale}` : ''}), P must be between ${least} and ${whole + scale}`,
    );
}

/** What a value beyond NUMERIC(p, s) is refused with. */
export function outOfRange(kind: string, precision: number, scale: number): string {
  const most = largest(precision, scale);
  return `${kind}(${precision}${scale > 0 ? `, ${scale}` : ''}) has precision ${precision} and scale ${scale} but got a value that is not in range of [-${most}, ${most}]`;
}
const largest = (precision: number, scale: number): string =>
  `${'9'.repeat(precision - scale) || '0'}${scale > 0 ? `.${'9'.repeat(scale)}` : ''}`;

/** CAST(… AS STRING(10)): too long or too large raises, digits behind the last place are rounded. */
export function limited(of: Typed, to: TypeSyntax): Typed {
  const { parameters } = to;
  if (!parameters) return of;
  const { kind } = of.type;
  checkParameters(kind, parameters, to.at);
  const [first = 0, scale = 0] = parameters;
  if (kind === 'STRING' || kind === 'BYTES')
    return { sql: `bq_limited_${kind.toLowerCase()}(${of.sql}, ${first})`, type: of.type };
  const message = text(outOfRange(kind, first, scale));
  const sql =
    kind === 'NUMERIC'
      ? `bq_limited_numeric(CAST(round(${of.sql}, ${scale}) AS DECIMAL(38,9)), CAST('${largest(first, scale)}' AS DECIMAL(38,9)), ${message})`
      : `bq_limited_bignumeric(bq_round_bignumeric('round', ${of.sql}, ${scale}), bq_to_bignumeric('-${largest(first, scale)}'), bq_to_bignumeric('${largest(first, scale)}'), ${message})`;
  return { sql, type: of.type };
}

/** The condition that values of a column hold, or undefined where its type says all. */
export function limitOf(
  kind: Type['kind'],
  sql: string,
  { maxLength, precision, scale = '0' }: { maxLength?: string; precision?: string; scale?: string },
): string | undefined {
  if (kind === 'STRING' && maxLength) return `length(${sql}) <= ${Number(maxLength)}`;
  if (kind === 'BYTES' && maxLength) return `octet_length(${sql}) <= ${Number(maxLength)}`;
  if (kind === 'NUMERIC' && precision)
    return `${sql} = round(${sql}, ${Number(scale)}) AND abs(${sql}) <= CAST('${largest(Number(precision), Number(scale))}' AS DECIMAL(38,9))`;
  return undefined;
}
