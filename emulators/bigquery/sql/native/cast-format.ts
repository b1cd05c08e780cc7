import { formatNumber } from './number-format.ts';
import { fromBase32, toBase32 } from './texts.ts';

const elements = /FM|MI|PR|EEEE|TM[9E]?|[09XS$LCB.,DGV]/giy;
const fail = (message: string): never => {
  throw new Error(`Error in format string: ${message}`);
};

interface Model {
  readonly has: ReadonlySet<string>;
  /** What stands before and behind the point, left to right: digits and separators. */
  readonly whole: readonly string[];
  readonly fraction: number;
  readonly hex: string | undefined;
  readonly point: string;
}

function modelOf(format: string): Model {
  const found: string[] = [];
  elements.lastIndex = 0;
  while (elements.lastIndex < format.length) {
    const at = elements.lastIndex;
    const [element] = elements.exec(format) ?? fail(`Invalid format element '${format.charAt(at)}'`);
    found.push(element);
  }
  const upper = found.map((e) => e.toUpperCase().replace('G', ',').replace('D', '.').replace('L', '$'));
  const has = new Set(upper);
  if (!upper.some((e) => /^[09X]$/.test(e)))
    fail("Format string must contain at least one of 'X', '0' or '9'");
  if (upper.filter((e) => /^[.V]$/.test(e)).length > 1) fail("There can be at most one of '.', 'D', or 'V'");
  for (const e of ['S', 'MI', 'PR', 'EEEE', 'B', '$', 'C', 'FM'])
    if (upper.filter((u) => u === e).length > 1) fail(`There can be at most one of '${e}'`);
  const lastDigit = upper.findLastIndex((e) => /^([09X]|EEEE)$/.test(e));
  for (const e of ['MI', 'PR'])
    if (has.has(e) && upper.indexOf(e) < lastDigit)
      fail(`'${e}' can only appear after all digits${e === 'MI' ? " and 'EEEE'" : ''}`);
  if ([...has].filter((e) => /^(S|MI|PR)$/.test(e)).length > 1 || [...has].some((e) => e.startsWith('TM')))
    throw new Error(`The format ${format} of CAST is not supported by the emulator`);
  const point = upper.findIndex((e) => /^[.V]$/.test(e));
  const digit = (e: string): boolean => /^[09X,]$/.test(e);
  const hex = found.find((e) => /^x$/i.test(e));
  // What these mean together nobody here has seen.
  if (found.includes('x') && found.includes('X'))
    throw new Error(`The format ${format} of CAST is not supported by the emulator`);
  if ((hex && (point >= 0 || has.has(',') || has.has('EEEE'))) || (has.has('FM') && has.has('EEEE')))
    throw new Error(`The format ${format} of CAST is not supported by the emulator`);
  if (upper.find((e) => /^[09X,.V]$/.test(e)) === ',') fail("Unexpected ','");
  const behind = point < 0 ? [] : upper.slice(point).filter(digit);
  if (behind.includes(',')) fail("',' cannot appear after '.', 'D' or 'V'");
  const trailing = has.has('S') && upper.indexOf('S') > lastDigit;
  return {
    has: trailing ? new Set([...has, 'S behind']) : has,
    whole: (point < 0 ? upper : upper.slice(0, point)).filter(digit),
    fraction: behind.length,
    hex,
    point: point < 0 ? '' : (upper[point] ?? ''),
  };
}

const romans: readonly (readonly [string, number])[] = Object.entries({
  M: 1000,
  CM: 900,
  D: 500,
  CD: 400,
  C: 100,
  XC: 90,
  L: 50,
  XL: 40,
  X: 10,
  IX: 9,
  V: 5,
  IV: 4,
  I: 1,
});

function roman(format: string, value: string): string {
  let left = Number(formatNumber('%.0f', value.endsWith('n') ? value : `${awayFromZero(value)}n`));
  if (!(left >= 1 && left <= 3999))
    throw new Error(
      `The format ${format} of CAST of ${value.replace('n', '')} is not supported by the emulator`,
    );
  let written = '';
  for (const [letters, n] of romans) for (; left >= n; left -= n) written += letters;
  if (/rn/.test(format)) written = written.toLowerCase();
  return /FM/i.test(format) ? written : written.padStart(15);
}

/** CAST of a number AS STRING FORMAT. An exact value ends in `n`, as for FORMAT. */
export function castNumber(format: string, value: string): string {
  if (/^(FM)?RN(FM)?$/i.test(format)) return roman(format, value);
  const m = modelOf(format);
  const magnitude = value.replace(/^-/, '');
  const negative = value.startsWith('-') && !/^0?(\.0*)?n?$/.test(magnitude);
  const body = bodyOf(m, magnitude);
  const code = format.includes('c') ? 'usd' : 'USD';
  const currency = m.has.has('C') ? code : m.has.has('$') ? '$' : '';
  const [before, after] = signs(m, negative);
  const shown = before + currency + body + after;
  if (m.has.has('FM'))
    return (before + currency + body.replace(/(\.\d*?)0+$/, '$1').replace(/^(?=\.$)/, '0') + after).trim();
  // One digit and an exponent of four characters, also for what has none.
  const whole = m.has.has('EEEE') ? 5 : m.whole.length;
  const width =
    whole + m.fraction + (m.point === '.' ? 1 : 0) + currency.length + before.length + after.length;
  // A number whose whole part is zero is left out.
  if (m.has.has('B') && /^-?0?(\.|n|$)/.test(magnitude)) return ' '.repeat(width);
  return shown.padStart(width);
}

function bodyOf(m: Model, magnitude: string): string {
  if (/^[ni]/i.test(magnitude)) return magnitude.slice(0, 3).toUpperCase();
  if (!m.has.has('EEEE')) return positional(m, magnitude);
  return formatNumber(`%.${m.fraction}E`, magnitude);
}

function signs({ has }: Model, negative: boolean): [before: string, after: string] {
  if (has.has('PR')) return negative ? ['<', '>'] : [' ', ' '];
  if (has.has('MI')) return ['', negative ? '-' : ' '];
  const sign = negative ? '-' : has.has('S') ? '+' : ' ';
  return has.has('S behind') ? ['', sign] : [sign, ''];
}

function positional(m: Model, magnitude: string): string {
  const places = m.whole.filter((e) => e !== ',').length + (m.point === 'V' ? m.fraction : 0);
  let whole: string;
  let fraction = '';
  if (m.hex) {
    const rounded = formatNumber('%.0f', magnitude.endsWith('n') ? magnitude : `${awayFromZero(magnitude)}n`);
    whole = BigInt(rounded).toString(16);
    if (m.hex === 'X') whole = whole.toUpperCase();
  } else {
    [whole = '', fraction = ''] = formatNumber(`%.${m.fraction}f`, magnitude).split('.');
    if (m.point === 'V') [whole, fraction] = [(whole + fraction).replace(/^0+(?=\d)/, ''), ''];
  }
  if (whole === '0' && fraction !== '') whole = '';
  const slots = m.point === 'V' ? [...m.whole, ...Array<string>(m.fraction).fill('9')] : m.whole;
  const point = m.point === '.' ? '.' : '';
  if (whole.length > places)
    return (
      slots.map((e) => (e === ',' ? ',' : '#')).join('') +
      (m.point === 'V' ? '' : point + '#'.repeat(m.fraction))
    );
  const firstZero = slots.filter((e) => e !== ',').indexOf('0');
  let place = 0;
  let text = '';
  for (const slot of slots) {
    if (slot === ',') text += text === '' ? '' : ',';
    else {
      const digit = whole[place - (places - whole.length)];
      text += digit ?? (firstZero >= 0 && place >= firstZero ? '0' : '');
      place += 1;
    }
  }
  return text + point + fraction;
}

const awayFromZero = (magnitude: string): string => BigInt(Math.floor(Number(magnitude) + 0.5)).toString();

const failed = (what: string): never => {
  throw new Error(`Failed to decode invalid ${what} string`);
};

const bitsOf = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
const bytesOf = (bits: string): Uint8Array =>
  Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));

/** CAST of BYTES AS STRING FORMAT. */
export function bytesToText(format: string, bytes: Uint8Array): string {
  const name = format.toUpperCase();
  const buffer = Buffer.from(bytes);
  if (name === 'BASE2') return bitsOf(bytes);
  if (name === 'BASE16' || name === 'HEX') return buffer.toString('hex');
  if (name === 'BASE64') return buffer.toString('base64');
  if (name === 'BASE64M') return (buffer.toString('base64').match(/.{1,76}/g) ?? []).join('\n');
  if (name === 'BASE32') return toBase32(bytes);
  // Of bits that fill no last digit nobody here has seen what becomes.
  if (name === 'BASE8' && bytes.length % 3 === 0)
    return bitsOf(bytes).replace(/.{3}/g, (three) => Number.parseInt(three, 2).toString());
  if (name === 'ASCII') return bytes.some((b) => b > 127) ? failed('ASCII') : buffer.toString('latin1');
  if (!/^UTF-?8$/.test(name))
    throw new Error(`The format ${format} of CAST is not supported by the emulator`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('A string is not valid UTF-8.');
  }
}

/** CAST of a STRING AS BYTES FORMAT. */
export function textToBytes(format: string, text: string): Uint8Array {
  const name = format.toUpperCase();
  if (name === 'BASE16' || name === 'HEX') {
    const wrong = text.search(/[^0-9a-fA-F]/);
    if (wrong >= 0)
      throw new Error(
        `Failed to decode invalid hexadecimal string due to character at offset ${wrong}: ${text}`,
      );
    return Buffer.from(text.length % 2 === 1 ? `0${text}` : text, 'hex');
  }
  if (name === 'BASE2' && text.length % 8 === 0)
    return /^[01]*$/.test(text) ? bytesOf(text) : failed('base2');
  if (name === 'BASE8' && text.length % 8 === 0)
    return /^[0-7]*$/.test(text)
      ? bytesOf(text.replace(/./g, (digit) => Number(digit).toString(2).padStart(3, '0')))
      : failed('base8');
  if (name === 'BASE32') return fromBase32(text);
  if (name === 'BASE64M') return textToBytes('BASE64', text.replace(/[\r\n]/g, ''));
  if (name === 'BASE64')
    return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : failed('base64');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has them
  if (name === 'ASCII') return /^[\x00-\x7f]*$/.test(text) ? Buffer.from(text) : failed('ASCII');
  if (/^UTF-?8$/.test(name)) return Buffer.from(text);
  throw new Error(`The format ${format} of CAST is not supported by the emulator`);
}
