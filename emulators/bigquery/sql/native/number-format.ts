export interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly letter: string;
}

export function conversionOf(spec: string): Conversion {
  const [, flags = '', width = '', precision, letter = ''] =
    /^%([-+ #0']*)(\d*)(?:\.(\d*))?([a-zA-Z])$/.exec(spec) ?? [];
  return {
    flags,
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    letter,
  };
}

/** `%-10.3s`: a text cut to its precision and padded to its width. */
export function formatText(spec: string, text: string): string {
  const { flags, width, precision } = conversionOf(spec);
  const shown = [...text].slice(0, precision);
  const blanks = ' '.repeat(Math.max(0, width - shown.length));
  return flags.includes('-') ? shown.join('') + blanks : blanks + shown.join('');
}

/** One conversion of FORMAT, as C's printf does it, over a number as text: exact for INT64 and NUMERIC. */
export function formatNumber(spec: string, value: string): string {
  const c = conversionOf(spec);
  const special = /^-?(nan|inf|infinity)$/i.test(value);
  const negative = value.startsWith('-') && !/^-0?(\.0*)?n?$/.test(value);
  const upper = c.letter === c.letter.toUpperCase();
  const magnitude = value.replace(/^-/, '');
  let digits = special ? specialText(magnitude, upper) : magnitudeText(c, magnitude);
  if (c.flags.includes("'") && !special)
    digits = /[xXo]/.test(c.letter)
      ? digits.replace(/\B(?=([0-9a-f]{4})+$)/gi, c.letter === 'o' ? ',' : ':')
      : digits.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
  const sign = negative ? '-' : c.flags.includes('+') ? '+' : c.flags.includes(' ') ? ' ' : '';
  const room = c.width - sign.length - digits.length;
  if (room <= 0) return sign + digits;
  if (c.flags.includes('-')) return sign + digits + ' '.repeat(room);
  const zeros = c.flags.includes('0') && !special && (c.precision === undefined || !/[di]/.test(c.letter));
  return zeros ? sign + '0'.repeat(room) + digits : ' '.repeat(room) + sign + digits;
}

const specialText = (magnitude: string, upper: boolean): string => {
  const text = /^nan$/i.test(magnitude) ? 'nan' : 'inf';
  return upper ? text.toUpperCase() : text;
};

function magnitudeText(c: Conversion, magnitude: string): string {
  const { letter, precision } = c;
  const alternate = c.flags.includes('#');
  switch (letter) {
    case 'd':
    case 'i':
      return magnitude.padStart(precision ?? 1, '0');
    case 'x':
    case 'X': {
      const hex = BigInt(magnitude)
        .toString(16)
        .padStart(precision ?? 1, '0');
      const text = alternate ? `0x${hex}` : hex;
      return letter === 'X' ? text.toUpperCase() : text;
    }
    case 'o':
      return (
        (alternate ? '0' : '') +
        BigInt(magnitude)
          .toString(8)
          .padStart(precision ?? 1, '0')
      );
    case 'f':
    case 'F':
      return fixed(magnitude, precision ?? 6) + (alternate && precision === 0 ? '.' : '');
    case 'e':
    case 'E':
      return scientific(magnitude, precision ?? 6, letter, alternate);
    default:
      return general(magnitude, precision ?? 6, letter === 'G' ? 'E' : 'e', alternate);
  }
}

/** Exact decimal digits of the value, then rounded: a double is taken at its full binary value as printf does. */
function fixed(magnitude: string, places: number): string {
  const exact = /^\d+(\.\d{1,38})?n$/.test(magnitude) ? magnitude.slice(0, -1) : undefined;
  if (exact === undefined) return doubleFixed(Number(magnitude), places);
  const [whole = '0', fraction = ''] = exact.split('.');
  const scale = Math.max(places, fraction.length);
  const unscaled = BigInt(whole + fraction.padEnd(scale, '0'));
  const unit = 10n ** BigInt(scale - places);
  return placed((unscaled + unit / 2n) / unit, places);
}

/** Number.toFixed stops at 100 places and 10^21; the value of a double is m·2^e, so integers do it. */
function doubleFixed(value: number, places: number): string {
  return placed(scaledDouble(value, places, 'even'), places);
}

/** The value times 10^places as an integer: the nearest, of two as near the even one or that away from zero; or the one below. */
function scaledDouble(value: number, places: number, how: 'even' | 'away' | 'down'): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n);
  const shift = (exponent === 0 ? 1 : exponent) - 1075;
  const scaled = mantissa * 10n ** BigInt(places);
  if (shift >= 0) return scaled << BigInt(shift);
  const half = 1n << BigInt(-shift - 1);
  const down = scaled >> BigInt(-shift);
  const rest = scaled - (down << BigInt(-shift));
  const up = rest > half || (rest === half && (how === 'away' || down % 2n === 1n));
  return up && how !== 'down' ? down + 1n : down;
}

/** No double has a digit further behind the point. */
const mostPlaces = 1100n;

/** ROUND and TRUNC of a double to decimal places: of its exact value, not of a product that was rounded already. */
export function roundDouble(value: number, places: bigint): number {
  if (!Number.isFinite(value) || places > mostPlaces) return value;
  if (places < 0n) {
    const unit = 10n ** BigInt(Math.min(400, Number(-places)));
    const whole = BigInt(Math.trunc(Math.abs(value)));
    const exact = Number.isInteger(value) ? whole * 2n : whole * 2n + 1n;
    const rounded = ((exact + unit) / (2n * unit)) * unit;
    return Math.sign(value) * Number(rounded);
  }
  return (
    Math.sign(value) * Number(placed(scaledDouble(Math.abs(value), Number(places), 'away'), Number(places)))
  );
}

/** As CAST writes a FLOAT64: fifteen digits where they name the value, else seventeen. */
export function doubleAsText(value: number): string {
  const short = formatNumber('%.15g', String(value));
  return Number(short) === value ? short : formatNumber('%.17g', String(value));
}

/** A double as NUMERIC, nine places of its exact value. */
export function numericText(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Illegal conversion of ${value} to NUMERIC`);
  const sign = value < 0 ? '-' : '';
  return sign + placed(scaledDouble(Math.abs(value), 9, 'away'), 9);
}

export function truncateDouble(value: number, places: bigint): number {
  if (!Number.isFinite(value) || places > mostPlaces) return value;
  if (places < 0n) {
    const unit = 10n ** BigInt(Math.min(400, Number(-places)));
    return Math.sign(value) * Number((BigInt(Math.trunc(Math.abs(value))) / unit) * unit);
  }
  const down = scaledDouble(Math.abs(value), Number(places), 'down');
  return Math.sign(value) * Number(placed(down, Number(places)));
}

function placed(unscaled: bigint, places: number): string {
  const digits = unscaled.toString().padStart(places + 1, '0');
  return places === 0
    ? digits
    : `${digits.slice(0, digits.length - places)}.${digits.slice(digits.length - places)}`;
}

/** A double has no more places than its last bit lies behind the point. */
const placesOf = (value: number): number =>
  value === 0 ? 0 : Math.max(0, 53 - Math.max(-1022, Math.floor(Math.log2(value))));

/** All digits there are, then rounded: of two numbers as near the even one, as printf does it, of decimals the larger. */
function scientific(magnitude: string, places: number, letter: string, alternate: boolean): string {
  const exact = magnitude.endsWith('n');
  const [whole = '', fraction = ''] = magnitude.replace('n', '').split('.');
  const value = Number(magnitude.replace('n', ''));
  const scale = exact ? fraction.length : placesOf(value);
  const all = exact ? BigInt(whole + fraction) : scaledDouble(value, scale, 'down');
  const unit = 10n ** BigInt(Math.max(0, all.toString().length - 1 - places));
  const down = all / unit;
  const twice = (all % unit) * 2n;
  const up = twice > unit || (twice === unit && (exact || down % 2n === 1n));
  const digits = (up ? down + 1n : down).toString();
  const power = all === 0n ? 0 : digits.length - 1 + unit.toString().length - 1 - scale;
  const mantissa = digits.padEnd(places + 1, '0').slice(0, places + 1);
  const point = places > 0 || alternate ? '.' : '';
  const exponent = Math.abs(power).toString().padStart(2, '0');
  return `${mantissa.charAt(0)}${point}${mantissa.slice(1)}${letter}${power < 0 ? '-' : '+'}${exponent}`;
}

function general(magnitude: string, precision: number, letter: string, alternate: boolean): string {
  const places = precision === 0 ? 1 : precision;
  const short = scientific(magnitude, places - 1, letter, alternate);
  const exponent = Number(short.split(letter)[1]);
  const shown =
    exponent < -4 || exponent >= places
      ? short
      : fixed(magnitude, places - 1 - exponent) + (alternate && exponent === places - 1 ? '.' : '');
  return alternate ? shown : shown.replace(/(\.\d*?)0+(?=e|E|$)/, '$1').replace(/\.(?=e|E|$)/, '');
}
