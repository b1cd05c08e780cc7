import { evaluate, type Surroundings } from '../expression/evaluate.ts';
import { type Expression, parseExpression } from '../expression/parse.ts';
import { ExpressionError } from '../expression/tokens.ts';
import { functions } from '../library/functions.ts';
import type { Value } from '../value.ts';
import { notServed, refuse, type Source } from './refusal.ts';

/** A value of the definition with its expressions parsed. */
export type Template =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Template])[] };

export function templateAt(source: Source, path: string): Template {
  if (typeof source === 'string') return textAt(source, path);
  if (Array.isArray(source)) {
    return { kind: 'list', items: source.map((item, index) => templateAt(item, `${path}[${index}]`)) };
  }
  if (typeof source === 'object' && source !== null) {
    const entries = Object.entries(source).map(
      ([key, value]) => [key, templateAt(value, `${path}.${key}`)] as const,
    );
    return { kind: 'map', entries };
  }
  return { kind: 'value', value: source as Value };
}

export function fill(template: Template, around: Surroundings): Value {
  switch (template.kind) {
    case 'value':
      return template.value;
    case 'expression':
      return evaluate(template.expression, around);
    case 'list':
      return template.items.map((item) => fill(item, around));
    case 'map':
      return Object.fromEntries(template.entries.map(([key, value]) => [key, fill(value, around)]));
  }
}

export function expressionAt(source: string, path: string): Expression {
  try {
    const expression = parseExpression(source);
    checkCalls(expression, path);
    return expression;
  } catch (error) {
    if (error instanceof ExpressionError) return refuse(path, error.message);
    throw error;
  }
}

/** `${…}` is an expression only as the whole of a text. */
function textAt(source: string, path: string): Template {
  const whole = /^\$\{([\s\S]*)\}$/.exec(source.trim());
  if (whole?.[1] !== undefined) return { kind: 'expression', expression: expressionAt(whole[1], path) };
  if (source.includes('${')) return notServed(path, 'an expression inside of a text');
  return { kind: 'value', value: source };
}

function checkCalls(expression: Expression, path: string): void {
  switch (expression.kind) {
    case 'call':
      checkCall(expression.name, expression.args.length, path);
      for (const argument of expression.args) checkCalls(argument, path);
      break;
    case 'member':
      checkCalls(expression.of, path);
      checkCalls(expression.key, path);
      break;
    case 'unary':
      checkCalls(expression.operand, path);
      break;
    case 'binary':
      checkCalls(expression.left, path);
      checkCalls(expression.right, path);
      break;
    default:
  }
}

function checkCall(name: string, given: number, path: string): void {
  const own = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const known = own ?? notServed(path, `the function ${name} in an expression`);
  if (given < known.required || given > known.parameters.length) {
    refuse(path, `${name}(${known.parameters.join(', ')}) got ${given} arguments`);
  }
}
