import { clickFields } from './click-fields.ts';
import type { Field } from './column.ts';
import { customerFields, productFields, sellerFields } from './dimension-fields.ts';
import { envelopeFields } from './envelope-fields.ts';
import { eventTypes } from './events.ts';
import { itemFields, orderFields, paymentFields } from './order-fields.ts';

interface Part {
  readonly name: string;
  readonly type: string;
  readonly fields: readonly Field[];
  /** Which field the entries of the lists repeat, and which fields repeat it. */
  readonly owner?: string;
  readonly repeated?: string;
}

const parts: readonly Part[] = [
  { name: 'Envelope', type: 'PlainEnvelope', fields: envelopeFields },
  { name: 'Order', type: 'Order', fields: orderFields, owner: 'order_id' },
  { name: 'Item', type: 'OrderItem', fields: itemFields, repeated: 'order_id' },
  { name: 'Payment', type: 'OrderPayment', fields: paymentFields, repeated: 'order_id' },
  { name: 'Customer', type: 'Customer', fields: customerFields },
  { name: 'Product', type: 'Product', fields: productFields },
  { name: 'Seller', type: 'Seller', fields: sellerFields },
  { name: 'Click', type: 'Click', fields: clickFields },
];

/**
 * The readers of plain messages as TypeScript, one function a part and one line a field. Written down, not compiled
 * while the program runs: then it may run where code from text is forbidden, and the compiler checks it.
 */
export function plainReaderSource(): string {
  const choices = new Map<string, string>();
  const functions = parts.map((part) => functionOf(part, choices));
  return `// Written by \`orderlake contract generate\` from the fields of the contract; not to be edited.
import type { Click } from '../click-fields.ts';
import type { Customer, Product, Seller } from '../dimension-fields.ts';
import type { Order, OrderItem, OrderPayment } from '../order-fields.ts';
import type { PlainEnvelope } from '../plain-envelope.ts';
import { choicesOf, keyOf } from '../plain-keys.ts';
import type { PlainScan } from '../plain-scan.ts';

${[...choices].map(([values, name]) => `const ${name} = choicesOf(${values});`).join('\n')}

${functions.join('\n\n')}
`;
}

function functionOf({ name, type, fields, owner, repeated }: Part, choices: Map<string, string>): string {
  const keys = fields.map(
    (field, i) => `const key${name}${i} = keyOf('${i === 0 ? '{' : ','}', '${field.name}');`,
  );
  const reads = fields.map((field, i) => {
    const key = `key${name}${i}`;
    if (field.name === repeated) return `  const ${field.name} = scan.repeatedString(${key});`;
    if (field.name === owner) return `  const ${field.name} = scan.ownerString(${key}, ${field.maxLength});`;
    return `  const ${field.name} = ${readOf(name === 'Envelope' ? envelopeField(field) : field, key, choices)};`;
  });
  // The envelope goes on with the parts.
  const close = name === 'Envelope' ? [] : ['  scan.close();'];
  return [
    ...keys,
    '',
    `export function read${name}(scan: PlainScan): ${type} {`,
    ...reads,
    ...close,
    `  return { ${fields.map((field) => field.name).join(', ')} };`,
    '}',
  ].join('\n');
}

function envelopeField(field: Field): Field {
  return field.name === 'event_type' ? { ...field, accepted: eventTypes } : field;
}

function readOf(field: Field, key: string, choices: Map<string, string>): string {
  const { accepted, digits, required, type, minimum, maxLength } = field;
  if (accepted !== undefined && required) return `scan.choice(${key}, ${choicesName(accepted, choices)})`;
  if (digits !== undefined && required) return `scan.digits(${key}, ${digits})`;
  if (type === 'money' && required) return `scan.money(${key})`;
  if (type === 'instant') return `scan.${required ? 'instant' : 'optionalInstant'}(${key})`;
  if (type === 'int64') return `scan.${required ? 'integer' : 'optionalInteger'}(${key}, ${minimum})`;
  if (type === 'string' && accepted === undefined && digits === undefined)
    return `scan.${required ? 'string' : 'optionalString'}(${key}, ${maxLength})`;
  throw new Error(`no plain reader for ${field.name}, a ${required ? 'required' : 'optional'} ${type}`);
}

function choicesName(accepted: readonly string[], choices: Map<string, string>): string {
  const values = JSON.stringify(accepted);
  const name = choices.get(values) ?? `choices${choices.size}`;
  choices.set(values, name);
  return name;
}
