import { raised } from '../raised.ts';
import { equal, isList, isMap, typeOf, type Value } from '../value.ts';
import type { BinaryOperator, Expression } from './parse.ts';

/** What an expression may ask of the workflow around it. */
export interface Surroundings {
  read(variable: string): Value;
  call(name: string, args: readonly Value[]): Value;
}

export function evaluate(expression: Expression, around: Surroundings): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable':
      return around.read(expression.name);
    case 'member':
      return memberOf(evaluate(expression.of, around), evaluate(expression.key, around));
    case 'call':
      return around.call(
        expression.name,
        expression.args.map((argument) => evaluate(argument, around)),
      );
    case 'unary': {
      const operand = evaluate(expression.operand, around);
      return expression.operator === 'not' ? !boolean(operand, 'not') : -number(operand, '-');
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, around);
  }
}

export function memberOf(of: Value, key: Value): Value {
  if (isMap(of)) {
    if (typeof key !== 'string') throw raised('TypeError', `a map has text keys, got ${typeOf(key)}`);
    if (!Object.hasOwn(of, key)) throw raised('KeyError', `KeyError: key not found: ${key}`);
    return of[key] ?? null;
  }
  if (isList(of)) {
    if (typeof key !== 'number' || !Number.isInteger(key)) {
      throw raised('TypeError', `a list has integer indexes, got ${typeOf(key)}`);
    }
    if (key < 0 || key >= of.length) {
      throw raised('IndexError', `IndexError: index ${key} is out of range of a list of ${of.length}`);
    }
    return of[key] ?? null;
  }
  throw raised('TypeError', `a value of type ${typeOf(of)} has no members`);
}

function binary(operator: BinaryOperator, l: Expression, r: Expression, around: Surroundings): Value {
  const left = evaluate(l, around);
  if (operator === 'and') return boolean(left, operator) && boolean(evaluate(r, around), operator);
  if (operator === 'or') return boolean(left, operator) || boolean(evaluate(r, around), operator);
  const right = evaluate(r, around);
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case 'in':
      return contains(left, right);
    case '+':
      if (typeof left === 'string' && typeof right === 'string') return left + right;
      return number(left, operator) + number(right, operator);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right);
    default:
      return arithmetic(operator, number(left, operator), number(right, operator));
  }
}

function contains(item: Value, container: Value): boolean {
  if (isList(container)) return container.some((one) => equal(one, item));
  if (isMap(container)) return typeof item === 'string' && Object.hasOwn(container, item);
  throw raised('TypeError', `"in" needs a list or a map, got ${typeOf(container)}`);
}

function compare(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const comparable =
    (typeof left === 'number' && typeof right === 'number') ||
    (typeof left === 'string' && typeof right === 'string');
  if (!comparable) {
    throw raised('TypeError', `${typeOf(left)} ${operator} ${typeOf(right)} cannot be compared`);
  }
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function arithmetic(operator: '-' | '*' | '/' | '//' | '%', left: number, right: number): number {
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (right === 0) throw raised('ZeroDivisionError', `ZeroDivisionError: ${left} ${operator} 0`);
  if (operator === '/') return left / right;
  return operator === '//' ? Math.floor(left / right) : left % right;
}

function boolean(value: Value, operator: string): boolean {
  if (typeof value !== 'boolean')
    throw raised('TypeError', `"${operator}" needs booleans, got ${typeOf(value)}`);
  return value;
}

function number(value: Value, operator: string): number {
  if (typeof value !== 'number')
    throw raised('TypeError', `"${operator}" needs numbers, got ${typeOf(value)}`);
  return value;
}
