import type { Path, Statement } from '../sql/parse/syntax.ts';
import type { Target, Work } from './session.ts';

function pathOf(s: Statement): Path | undefined {
  switch (s.kind) {
    case 'createTable':
      return s.temporary ? undefined : s.table;
    case 'createFunction':
      return s.temporary ? undefined : s.routine;
    case 'createView':
    case 'alterTable':
    case 'load':
      return s.table;
    case 'createProcedure':
      return s.routine;
    case 'drop':
    case 'alterOptions':
      return s.what === 'SCHEMA' ? undefined : s.path;
    default:
      return undefined;
  }
}

/** What a definition is about; to be asked before it runs, since what it does depends on what is there. */
export function targetOf(
  s: Statement,
  { session: { engine }, setting: { place } }: Work,
): Target | undefined {
  const path = pathOf(s);
  if (path === undefined || (path.length === 1 && place.dataset === undefined)) return undefined;
  const name = engine.locate(path, place, s.at);
  if (s.kind === 'load') return { table: name };
  const isRoutine = 'routine' in s || (s.kind === 'drop' && /PROCEDURE|FUNCTION/.test(s.what));
  const find = isRoutine ? 'routine' : 'table';
  const existed = engine.metadata[find](name.project, name.dataset, name.table) !== undefined;
  return { [find]: name, operation: operationOf(s, existed) };
}

function operationOf(s: Statement, existed: boolean): string {
  if (s.kind.startsWith('alter')) return 'ALTER';
  if (s.kind === 'drop') return existed ? 'DROP' : 'SKIP';
  if (!existed) return 'CREATE';
  return 'mode' in s && s.mode === 'replace' ? 'REPLACE' : 'SKIP';
}
