import { ServiceError } from '../../frame/index.ts';
import type { Signatures } from './callees.ts';
import { checkJumps } from './check-jumps.ts';
import { checkShared } from './check-shared.ts';
import { readSteps } from './read-step.ts';
import { listAt, mapAt, nameAt, onlyKeys, refuse, type Source } from './refusal.ts';
import type { Parameter, Routine, Workflow } from './step.ts';
import { templateAt } from './template.ts';

/** Reads and checks the source of a workflow. What cannot be run is refused here, never at 23:00. */
export function readWorkflow(source: string): Workflow {
  if (Buffer.byteLength(source) > 128 * 1024) {
    throw new ServiceError('INVALID_ARGUMENT', `The source has more than ${128 * 1024} bytes.`);
  }
  const routines = mapAt(parse(source), 'workflow');
  const heads = Object.entries(routines).map(([name, body]) => {
    const at = nameAt(name, 'workflow');
    const map = mapAt(body, at);
    onlyKeys(map, ['params', 'steps'], at);
    return { name: at, map, parameters: readParameters(map.params, `${at}.params`) };
  });
  if (!heads.some(({ name }) => name === 'main')) refuse('workflow', 'there is no main');
  const signatures: Signatures = new Map(
    heads.map(({ name, parameters }) => [name, signatureOf(parameters)]),
  );
  const read = heads.map(({ name, map, parameters }): Routine => {
    const steps = readSteps(map.steps, name, signatures);
    checkJumps(steps, name);
    checkShared(steps, new Set(parameters.map((one) => one.name)), name);
    return { name, parameters, steps };
  });
  return { routines: new Map(read.map((routine) => [routine.name, routine])) };
}

function parse(source: string): Source {
  try {
    return JSON.parse(source);
  } catch {
    throw new ServiceError(
      'INVALID_ARGUMENT',
      'The source is not JSON. A source in YAML is not in the subset of Workflows that this emulator runs.',
    );
  }
}

/** Parameters with a standard value stand behind those without. */
function readParameters(source: Source, path: string): Parameter[] {
  if (source === undefined) return [];
  return listAt(source, path).map((one, index): Parameter => {
    if (typeof one === 'string') return { name: nameAt(one, `${path}[${index}]`) };
    const [entry, ...more] = Object.entries(mapAt(one, `${path}[${index}]`));
    if (entry === undefined || more.length > 0) return refuse(`${path}[${index}]`, 'expected one name');
    return { name: nameAt(entry[0], path), standard: templateAt(entry[1], `${path}.${entry[0]}`) };
  });
}

function signatureOf(parameters: readonly Parameter[]) {
  return {
    parameters: parameters.map((one) => one.name),
    required: parameters.filter((one) => one.standard === undefined).length,
  };
}
