import { InputError } from '../runtime/index.ts';
import { type CompiledGraph, type GraphAssertion, type GraphTarget, property } from './dataform-graph.ts';
import type { Assertion } from './project.ts';

const sameTarget = (a: GraphTarget, b: GraphTarget): boolean => a.schema === b.schema && a.name === b.name;

/** Everything that must hold for one model: what Dataform made of its config, and the checks that name it. */
export function assertionsOf(model: GraphTarget, graph: CompiledGraph): Assertion[] {
  const derived = graph.assertions.filter((one) => one.parentAction && sameTarget(one.parentAction, model));
  return [...derived.flatMap((one) => fromConfig(model, one)), ...checksOf(model, graph).map(fromCheck)];
}

/** The checks under definitions/checks that are about this model. */
export function checksOf(model: GraphTarget, graph: CompiledGraph): readonly GraphAssertion[] {
  return graph.assertions.filter(
    (one) => !one.parentAction && property(one.actionDescriptor, 'of') === model.name,
  );
}

function fromCheck(check: GraphAssertion): Assertion {
  const severity = property(check.actionDescriptor, 'severity');
  if (severity !== 'fail' && severity !== 'warn') {
    throw new InputError(`check ${check.target.name} has no severity`, {
      expected: 'about.check({ of, severity: "fail" | "warn" })',
      got: String(severity),
    });
  }
  const expected = check.actionDescriptor?.description ?? '';
  return { name: check.target.name, severity, expected, query: check.query.trim() };
}

/**
 * Dataform joins all conditions of a model into one query and keeps neither them nor the key's columns apart.
 * They are read back from the text that it prints, so that a failure names the one condition that does not hold.
 */
function fromConfig(model: GraphTarget, assertion: GraphAssertion): Assertion[] {
  const { query } = assertion;
  const prefix = `${model.name}_`;
  const keyed = /GROUP BY (.+)\n/.exec(query);
  if (assertion.target.name.includes('_assertions_uniqueKey') && keyed) {
    const key = keyed[1] ?? '';
    const name = `${prefix}unique_${key.replaceAll(', ', '_')}`;
    return [{ name, severity: 'fail', expected: `one row per (${key})`, query: query.trim() }];
  }
  return query.split('\nUNION ALL\n').map((part, index) => {
    const condition = /'((?:[^'\\]|\\.)*)' AS failing_row_condition/.exec(part)?.[1];
    if (condition === undefined) {
      throw new InputError(`assertion ${assertion.target.name} has a form that is not known here`, {
        got: part,
      });
    }
    const expected = `${condition.replace(/\\(.)/g, '$1')} in every row`;
    return { name: `${prefix}row_${index + 1}`, severity: 'fail', expected, query: part.trim() };
  });
}
