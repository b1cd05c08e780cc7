import type { Release, ReleasedField, ReleasedFields } from './release.ts';

/** What may not change, by name; each with what to do instead. */
const rules = {
  event_removed: 'keep it: producers still send it, and the history holds it',
  part_removed: 'keep it; for another shape define the next schema_version of the event',
  table_removed: 'keep it; stop writing to it and say so in its description',
  table_retyped: 'make another table beside it',
  field_removed: 'keep it, optional; stop relying on it and say so in its description',
  field_retyped: 'add a field of the new type beside it',
  field_required: 'keep it optional and make the check a rule of a later schema_version',
  required_field_added: 'add it as optional: what was sent or stored before has none',
  field_id_changed: 'give it its old id back: files that were written long ago are read by it',
  field_id_reused:
    'take an id that no field had: files that were written long ago hold something else under it',
  enum_tightened: 'accept the value further; map it where it is used',
  bound_tightened: 'accept what was accepted; flag the rest by an assertion of the models',
} as const;
export type EvolutionRule = keyof typeof rules | 'minor_version_not_raised';

export interface Violation {
  readonly rule: EvolutionRule;
  /** Which event and field, or table and column. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly action: string;
}

export interface Evolution {
  readonly violations: readonly Violation[];
  /** In words; each of them raises the minor version. */
  readonly legal: readonly string[];
}

/** What changed since a release, and what of it others would not survive. */
export function evolutionSince(released: Release, current: Release): Evolution {
  const found: Found = { violations: [], legal: [] };
  compareFields('envelope', released.envelope, current.envelope, found);
  compareEvents(released, current, found);
  compareTables(released, current, found);
  if (found.legal.length > 0 && !isLater(current.version, released.version)) {
    const [major, minor] = numbersOf(released.version);
    found.violations.push({
      rule: 'minor_version_not_raised',
      where: 'contractVersion',
      expected: `${major}.${minor + 1}`,
      got: current.version,
      action: 'raise contractVersion in contracts/release.ts, then run orderlake contract check --release',
    });
  }
  return found;
}

interface Found {
  readonly violations: Violation[];
  readonly legal: string[];
}

function compareEvents(released: Release, current: Release, found: Found): void {
  for (const [type, old] of Object.entries(released.events)) {
    const now = current.events[type];
    if (now === undefined) refuse(found, 'event_removed', type, 'the event', 'nothing');
    else if (now.schemaVersion > old.schemaVersion) found.legal.push(`${type} has another major version`);
    else
      for (const [part, fields] of Object.entries(old.parts)) {
        const fieldsNow = now.parts[part];
        if (fieldsNow === undefined) refuse(found, 'part_removed', `${type}/${part}`, 'the part', 'nothing');
        else compareFields(`${type}/${part}`, fields, fieldsNow, found);
      }
  }
  for (const type of Object.keys(current.events))
    if (released.events[type] === undefined) found.legal.push(`${type} is a new event`);
}

function compareTables(released: Release, current: Release, found: Found): void {
  for (const [name, old] of Object.entries(released.tables)) {
    const now = current.tables[name];
    if (now === undefined) {
      refuse(found, 'table_removed', name, 'the table', 'nothing');
      continue;
    }
    const [was, is] = [old, now].map(({ kind, key }) => `${kind} by ${key.join(', ')}`);
    if (was !== is) refuse(found, 'table_retyped', name, String(was), String(is));
    compareFields(name, old.columns, now.columns, found);
  }
  for (const name of Object.keys(current.tables))
    if (released.tables[name] === undefined) found.legal.push(`${name} is a new table`);
}

function compareFields(where: string, old: ReleasedFields, now: ReleasedFields, found: Found): void {
  for (const [name, was] of Object.entries(old)) {
    const is = now[name];
    if (is === undefined) refuse(found, 'field_removed', `${where}/${name}`, was.type, 'nothing');
    else compareField(`${where}/${name}`, was, is, found);
  }
  const idsOf = new Map(Object.entries(old).map(([name, { fieldId }]) => [fieldId, name]));
  for (const [name, is] of Object.entries(now)) {
    if (old[name] !== undefined) continue;
    const place = `${where}/${name}`;
    const holder = idsOf.get(is.fieldId);
    if (holder !== undefined)
      refuse(
        found,
        'field_id_reused',
        place,
        'an id of its own',
        `${is.fieldId}, which is that of ${holder}`,
      );
    if (is.required) refuse(found, 'required_field_added', place, 'optional', 'required');
    else found.legal.push(`${place} is new`);
  }
}

function compareField(where: string, was: ReleasedField, is: ReleasedField, found: Found): void {
  if (was.type !== is.type) refuse(found, 'field_retyped', where, was.type, is.type);
  if (was.fieldId !== is.fieldId)
    refuse(found, 'field_id_changed', where, String(was.fieldId), String(is.fieldId));
  if (was.required !== is.required) {
    if (is.required) refuse(found, 'field_required', where, 'optional', 'required');
    else found.legal.push(`${where} may be missing now`);
  }
  compareAccepted(where, was, is, found);
  compareBound(where, 'minimum', was.minimum, is.minimum, (before, after) => after > before, found);
  compareBound(where, 'maxLength', was.maxLength, is.maxLength, (before, after) => after < before, found);
  compareBound(where, 'digits', was.digits, is.digits, () => true, found);
}

function compareAccepted(where: string, was: ReleasedField, is: ReleasedField, found: Found): void {
  if (is.accepted !== undefined) {
    const lost = was.accepted?.filter((value) => !is.accepted?.includes(value)) ?? ['any text'];
    if (lost.length > 0)
      refuse(found, 'enum_tightened', where, `${lost.join(', ')} accepted`, is.accepted.join(', '));
  }
  const gained = is.accepted?.filter((value) => was.accepted?.includes(value) === false) ?? [];
  if (gained.length > 0) found.legal.push(`${where} accepts ${gained.join(', ')} as well`);
  if (was.accepted !== undefined && is.accepted === undefined) found.legal.push(`${where} accepts any text`);
}

function compareBound(
  where: string,
  bound: string,
  was: number | undefined,
  is: number | undefined,
  tighter: (before: number, after: number) => boolean,
  found: Found,
): void {
  if (was === is) return;
  if (is !== undefined && (was === undefined || tighter(was, is)))
    refuse(found, 'bound_tightened', where, `${bound} ${was ?? 'none'}`, `${bound} ${is}`);
  else found.legal.push(`${where} has ${bound} ${is ?? 'none'}, not ${was}`);
}

function refuse(found: Found, rule: keyof typeof rules, where: string, expected: string, got: string): void {
  found.violations.push({ rule, where, expected, got, action: rules[rule] });
}

function numbersOf(version: string): [number, number] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
}

function isLater(version: string, than: string): boolean {
  const [major, minor] = numbersOf(version);
  const [otherMajor, otherMinor] = numbersOf(than);
  return major === otherMajor ? minor > otherMinor : major > otherMajor;
}
