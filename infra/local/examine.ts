import { messageOf, SetupError } from '../../runtime/index.ts';
import type { Resources } from '../definition/index.ts';
import { adviceToSee, answerOf } from './advice.ts';
import { type Clients, makings } from './make.ts';
import type { Making } from './making.ts';
import type { Kind } from './report.ts';

export type Finding =
  | { readonly kind: Kind; readonly name: string; readonly state: 'fine' }
  | {
      readonly kind: Kind;
      readonly name: string;
      readonly state: 'missing' | 'different' | 'unknown';
      readonly details: readonly string[];
      /** What mends it. */
      readonly action: string;
    };

const apply = 'Run `orderlake infra apply` (emulators) or `cdktf deploy` (Google Cloud)';

/** Looks at everything that the definition holds and changes nothing. */
export function examineResources(resources: Resources, clients: Clients): Promise<Finding[]> {
  const { project } = resources;
  return Promise.all(
    makings(resources, clients)
      .flat(2)
      .map((making) => examine(making, project)),
  );
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
  const details = [messageOf(error)];
  if (answerOf(error) === 'missing') return { kind, name, state: 'missing', details, action: apply };
  return { kind, name, state: 'unknown', details, action: adviceToSee(error, kind, project) };
}
