import { DefectError } from '../../runtime/index.ts';

/** Looks a resource up that the definition names: a miss means the definition contradicts itself. */
export function found<T>(made: ReadonlyMap<string, T>, kind: string, name: string): T {
  const resource = made.get(name);
  if (resource === undefined) {
    throw new DefectError(`the definition names a ${kind} that it does not define`, {
      expected: [...made.keys()].join(', '),
      got: name,
    });
  }
  return resource;
}
