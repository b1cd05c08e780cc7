import { messageOf, SetupError } from '../../runtime/index.ts';
import type { Resources } from '../definition/index.ts';
import { adviceToSee, answerOf } from './advice.ts';
import { type Clients, makings } from './make.ts';
import type { Making } from './making.ts';
import type { Finding } from './report.ts';
import { rightsLacking } from './rights.ts';

const apply = 'Run `orderlake infra apply` (emulators) or `cdktf deploy` (Google Cloud)';

/** Looks at everything that the definition holds, and at what a worker needs of it, and changes nothing. */
export async function examineResources(resources: Resources, clients: Clients): Promise<Finding[]> {
  const { project } = resources;
  const looks = makings(resources, clients).flat(2);
  const [findings, lacking] = await Promise.all([
    Promise.all(looks.map((making) => examine(making, project))),
    rightsLacking(resources, clients),
  ]);
  const forbidden = new Map(lacking.map((finding) => [keyOf(finding), finding]));
  return findings.map((found) => (found.state === 'fine' ? (forbidden.get(keyOf(found)) ?? found) : found));
}

function keyOf({ kind, name }: Finding): string {
  return `${kind} ${name}`;
}

async function examine(making: Making, project: string): Promise<Finding> {
  const { kind, name } = making;
  try {
    const details = await making.compare();
    if (details.length === 0) return { kind, name, state: 'fine' };
    return { kind, name, state: 'different', details, action: apply };
  } catch (error) {
    return wrong(making, project, error);
  }
}

function wrong({ kind, name }: Making, project: string, error: unknown): Finding {
  if (error instanceof SetupError) {
    return { kind, name, state: 'different', details: [error.message], action: error.action ?? apply };
  }
  // Whoever tried again and again tells of each try in the same words.
  const details = [messageOf(error).split(' : Previous errors')[0] ?? ''];
  if (answerOf(error) === 'missing') return { kind, name, state: 'missing', details, action: apply };
  return { kind, name, state: 'unknown', details, action: adviceToSee(error, kind, project) };
}
