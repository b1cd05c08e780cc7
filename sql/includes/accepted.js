// The values of the contract; a test holds this list against it.
const orderStatuses = [
  'created',
  'approved',
  'invoiced',
  'processing',
  'shipped',
  'delivered',
  'unavailable',
  'canceled',
];
const paymentTypes = ['credit_card', 'boleto', 'voucher', 'debit_card', 'not_defined'];
const brazilianStates =
  'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO'.split(' ');

const among = (column, values) => `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;

module.exports = { orderStatuses, paymentTypes, brazilianStates, among };
