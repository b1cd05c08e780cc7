import { compileWorkflow, daily } from '../../dags/index.ts';
import { DefectError } from '../../runtime/index.ts';
import { compileProject, createProcedure, type Procedure, procedures } from '../../sql/index.ts';
import { type ArgumentType, argumentTypes, type Routine, type Run } from './run.ts';
import type { CheckedSettings } from './settings.ts';

/** The daily run, out of the models and the graph of its jobs. */
export async function compileRun({ project, location }: CheckedSettings): Promise<Run> {
  const compiled = await compileProject({ project, location });
  const dag = daily(compiled);
  const { name, description } = dag;
  const source = JSON.stringify(compileWorkflow(dag, { project, location }));
  return {
    routines: procedures(compiled).map((procedure) => routineOf(procedure, project)),
    workflows: [{ name, description, source }],
    // Without days the workflow itself finds out which ones need building.
    schedules: [{ name, description, ...dag.schedule, workflow: name, argument: {} }],
  };
}

function routineOf(procedure: Procedure, project: string): Routine {
  return {
    ...procedure,
    arguments: procedure.arguments.map(({ name, type }) => ({
      name,
      type: argumentType(type, procedure.name),
    })),
    statement: createProcedure(project, procedure),
  };
}

function argumentType(type: string, procedure: string): ArgumentType {
  const known = argumentTypes.find((one) => one === type);
  if (known) return known;
  throw new DefectError(`procedure ${procedure} has an argument of another type`, {
    expected: argumentTypes.join(', '),
    got: type,
  });
}
