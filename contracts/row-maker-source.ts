import { clickFields } from './click-fields.ts';
import type { Field } from './column.ts';
import { customerFields, productFields, sellerFields } from './dimension-fields.ts';
import { itemFields, orderFields, paymentFields } from './order-fields.ts';
import { type TableName, tables } from './tables.ts';

interface Made {
  readonly table: TableName;
  readonly name: string;
  readonly part: string;
  readonly fields: readonly Field[];
}

const made: readonly Made[] = [
  { table: 'orders', name: 'orderRow', part: 'Order', fields: orderFields },
  { table: 'order_items', name: 'itemRow', part: 'OrderItem', fields: itemFields },
  { table: 'order_payments', name: 'paymentRow', part: 'OrderPayment', fields: paymentFields },
  { table: 'customers', name: 'customerRow', part: 'Customer', fields: customerFields },
  { table: 'products', name: 'productRow', part: 'Product', fields: productFields },
  { table: 'sellers', name: 'sellerRow', part: 'Seller', fields: sellerFields },
  { table: 'clickstream', name: 'clickRow', part: 'Click', fields: clickFields },
];

/**
 * For each table the function that makes its row of a part and of what the row carries besides. Column by column,
 * because to spread two objects into a third takes several times as long.
 */
export function rowMakerSource(): string {
  return `// Written by \`orderlake contract generate\` from the tables of the contract; not to be edited.
import type { Carried } from '../carried.ts';
import type { Click } from '../click-fields.ts';
import type { Customer, Product, Seller } from '../dimension-fields.ts';
import type { Order, OrderItem, OrderPayment } from '../order-fields.ts';
import type { Row } from '../tables.ts';

${made.map(functionOf).join('\n\n')}
`;
}

function functionOf({ table, name, part, fields }: Made): string {
  const own = new Set(fields.map((field) => field.name));
  const columns = tables[table].columns.map(
    (column) => `    ${column.name}: ${own.has(column.name) ? 'part' : 'carried'}.${column.name},`,
  );
  return [
    `export function ${name}(part: ${part}, carried: Carried): Row<'${table}'> {`,
    '  return {',
    ...columns,
    '  };',
    '}',
  ].join('\n');
}
