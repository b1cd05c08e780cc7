import type { Expression } from '../expression/parse.ts';
import { checkCallee, type Signatures } from './callees.ts';
import { entryAt, listAt, mapAt, nameAt, notServed, onlyKeys, refuse, type Source } from './refusal.ts';
import type { Action, Assignment, Case, For, Parallel, Retry, Step, Try } from './step.ts';
import { expressionAt, type Template, templateAt } from './template.ts';

type SourceMap = Readonly<Record<string, Source>>;

const actionKeys = [
  'assign',
  'call',
  'for',
  'parallel',
  'raise',
  'return',
  'steps',
  'switch',
  'try',
] as const;
const besides: Readonly<Record<string, readonly string[]>> = {
  call: ['args', 'result'],
  try: ['retry', 'except'],
};

export function readSteps(source: Source, path: string, signatures: Signatures): Step[] {
  const seen = new Set<string>();
  return listAt(source, path).map((one, index) => {
    const [name, body] = entryAt(one, `${path}[${index}]`);
    if (seen.has(name)) refuse(`${path}.${name}`, 'the step name is used twice');
    seen.add(name);
    const map = mapAt(body, `${path}.${name}`);
    const { next, ...rest } = map;
    const action = readAction(rest, `${path}.${name}`, signatures);
    if (action.kind === 'none' && next === undefined) refuse(`${path}.${name}`, 'the step does nothing');
    return { name, action, ...(next === undefined ? {} : { next: nameAt(next, `${path}.${name}.next`) }) };
  });
}

function readAction(map: SourceMap, path: string, signatures: Signatures): Action {
  const found = actionKeys.filter((key) => Object.hasOwn(map, key));
  const [kind] = found;
  if (found.length > 1) return refuse(path, `a step does one thing, got ${found.join(' and ')}`);
  onlyKeys(map, kind === undefined ? [] : [kind, ...(besides[kind] ?? [])], path);
  if (kind === undefined) return { kind: 'none' };
  const body = map[kind];
  const at = `${path}.${kind}`;
  switch (kind) {
    case 'assign':
      return { kind, assignments: listAt(body, at).map((one, i) => readAssignment(one, `${at}[${i}]`)) };
    case 'call':
      return readCall(map, path, signatures);
    case 'for':
      return readFor(body, at, signatures);
    case 'parallel':
      return readParallel(body, at, signatures);
    case 'raise':
    case 'return':
      return { kind, value: templateAt(body, at) };
    case 'steps':
      return { kind, steps: readSteps(body, at, signatures) };
    case 'switch':
      return { kind, cases: listAt(body, at).map((one, i) => readCase(one, `${at}[${i}]`, signatures)) };
    case 'try':
      return readTry(map, path, signatures);
  }
}

function readAssignment(source: Source, path: string): Assignment {
  const [place, value] = entryAt(source, path);
  const members: Expression[] = [];
  let expression = expressionAt(place, path);
  while (expression.kind === 'member') {
    members.unshift(expression.key);
    expression = expression.of;
  }
  if (expression.kind !== 'variable') return refuse(path, `nothing can be assigned to ${place}`);
  return { variable: expression.name, members, value: templateAt(value, `${path}.${place}`) };
}

function readCall(map: SourceMap, path: string, signatures: Signatures): Action {
  const callee = map.call;
  if (typeof callee !== 'string') return refuse(`${path}.call`, 'expected the name of what is called');
  const args = Object.entries(map.args === undefined ? {} : mapAt(map.args, `${path}.args`));
  checkCallee(
    callee,
    args.map(([name]) => name),
    signatures,
    path,
  );
  return {
    kind: 'call',
    callee,
    args: new Map(args.map(([name, value]) => [name, templateAt(value, `${path}.args.${name}`)])),
    ...(map.result === undefined ? {} : { result: nameAt(map.result, `${path}.result`) }),
  };
}

function readFor(source: Source, path: string, signatures: Signatures): For {
  const map = mapAt(source, path);
  onlyKeys(map, ['value', 'index', 'in', 'range', 'steps'], path);
  if ((map.in === undefined) === (map.range === undefined)) refuse(path, 'expected either "in" or "range"');
  const over =
    map.in === undefined
      ? { range: rangeAt(map.range, `${path}.range`) }
      : { in: templateAt(map.in, `${path}.in`) };
  return {
    kind: 'for',
    value: nameAt(map.value, `${path}.value`),
    ...(map.index === undefined ? {} : { index: nameAt(map.index, `${path}.index`) }),
    over,
    steps: readSteps(map.steps, `${path}.steps`, signatures),
  };
}

function rangeAt(source: Source, path: string): [Template, Template] {
  const ends = listAt(source, path).map((end, index) => templateAt(end, `${path}[${index}]`));
  const [from, to] = ends;
  if (from === undefined || to === undefined || ends.length !== 2)
    return refuse(path, 'expected [first, last]');
  return [from, to];
}

/** The service's limits: 2 to 10 branches. */
function readParallel(source: Source, path: string, signatures: Signatures): Parallel {
  const map = mapAt(source, path);
  onlyKeys(map, ['branches', 'for', 'shared', 'concurrency_limit', 'exception_policy'], path);
  if (map.exception_policy !== undefined && map.exception_policy !== 'continueAll') {
    notServed(`${path}.exception_policy`, `the policy ${JSON.stringify(map.exception_policy)}`);
  }
  const shared = map.shared === undefined ? [] : listAt(map.shared, `${path}.shared`);
  const common = {
    kind: 'parallel' as const,
    shared: shared.map((name) => nameAt(name, `${path}.shared`)),
    ...(map.concurrency_limit === undefined
      ? {}
      : { limit: templateAt(map.concurrency_limit, `${path}.concurrency_limit`) }),
  };
  if ((map.branches === undefined) === (map.for === undefined))
    refuse(path, 'expected either "branches" or "for"');
  if (map.for !== undefined) return { ...common, work: readFor(map.for, `${path}.for`, signatures) };
  const branches = listAt(map.branches, `${path}.branches`).map((one, index) => {
    const [name, body] = entryAt(one, `${path}.branches[${index}]`);
    const branch = mapAt(body, `${path}.branches.${name}`);
    onlyKeys(branch, ['steps'], `${path}.branches.${name}`);
    return { name, steps: readSteps(branch.steps, `${path}.branches.${name}.steps`, signatures) };
  });
  if (branches.length < 2 || branches.length > 10) {
    refuse(`${path}.branches`, `expected 2 to 10 branches, got ${branches.length}`);
  }
  return { ...common, work: branches };
}

function readCase(source: Source, path: string, signatures: Signatures): Case {
  const { condition, next, ...rest } = mapAt(source, path);
  if (condition === undefined) refuse(path, 'expected a condition');
  const action = readAction(rest, path, signatures);
  if (action.kind === 'none' && next === undefined) refuse(path, 'the condition leads nowhere');
  return {
    condition: templateAt(condition, `${path}.condition`),
    action,
    ...(next === undefined ? {} : { next: nameAt(next, `${path}.next`) }),
  };
}

function readTry(map: SourceMap, path: string, signatures: Signatures): Try {
  const body = readAction(mapAt(map.try, `${path}.try`), `${path}.try`, signatures);
  if (body.kind !== 'call' && body.kind !== 'steps') refuse(`${path}.try`, 'expected a call or steps');
  if (map.retry === undefined && map.except === undefined) refuse(path, 'expected "retry" or "except"');
  return {
    kind: 'try',
    body,
    ...(map.retry === undefined ? {} : { retry: readRetry(map.retry, `${path}.retry`, signatures) }),
    ...(map.except === undefined ? {} : { except: readExcept(map.except, `${path}.except`, signatures) }),
  };
}

function readExcept(source: Source, path: string, signatures: Signatures) {
  const map = mapAt(source, path);
  onlyKeys(map, ['as', 'steps'], path);
  return { as: nameAt(map.as, `${path}.as`), steps: readSteps(map.steps, `${path}.steps`, signatures) };
}

function readRetry(source: Source, path: string, signatures: Signatures): Retry {
  if (typeof source === 'string') return notServed(path, `the policy ${source}`);
  const map = mapAt(source, path);
  onlyKeys(map, ['predicate', 'max_retries', 'backoff'], path);
  const backoff = mapAt(map.backoff, `${path}.backoff`);
  onlyKeys(backoff, ['initial_delay', 'max_delay', 'multiplier'], `${path}.backoff`);
  const predicate = templateAt(map.predicate, `${path}.predicate`);
  const isName = predicate.kind === 'expression' && predicate.expression.kind === 'variable';
  const name = isName && predicate.expression.kind === 'variable' ? predicate.expression.name : '';
  if (signatures.get(name)?.parameters.length !== 1) {
    notServed(`${path}.predicate`, `a predicate other than a subworkflow of one parameter`);
  }
  return {
    predicate: name,
    maxRetries: templateAt(map.max_retries, `${path}.max_retries`),
    initialDelay: templateAt(backoff.initial_delay, `${path}.backoff.initial_delay`),
    maxDelay: templateAt(backoff.max_delay, `${path}.backoff.max_delay`),
    multiplier: templateAt(backoff.multiplier, `${path}.backoff.multiplier`),
  };
}
