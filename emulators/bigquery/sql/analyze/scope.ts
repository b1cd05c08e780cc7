import { nearest } from '../../../../runtime/nearest.ts';
import type { WindowSpec } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { structOf, type Typed } from '../typed.ts';
import type { Relation, TableInfo } from './relation.ts';

export interface RangeColumn {
  readonly name: string | undefined;
  readonly typed: Typed;
  readonly hidden?: boolean;
  /** May be named and is not among `*`: _TABLE_SUFFIX. */
  readonly pseudo?: boolean;
}
/** What stands in FROM under one name. `value` is set where each row is one value: UNNEST, SELECT AS STRUCT. */
export interface Range {
  readonly alias: string | undefined;
  readonly columns: readonly RangeColumn[];
  readonly value?: Typed;
  /** Its name comes with a pipe, and gives way to a table of that name. */
  readonly piped?: boolean;
  /** Names for expressions over the columns around it: no query of its own. */
  readonly inline?: boolean;
}
export interface From {
  readonly sql: string;
  readonly ranges: readonly Range[];
  /** Partitioned tables that want a filter, with the text by which a filter would name the column. */
  readonly wants: readonly { table: TableInfo; reference: string }[];
  /** The text of ON conditions, where such a filter may stand too. */
  readonly conditions: string;
}
export interface CommonTable {
  readonly sql: string;
  readonly columns: Relation['columns'];
  readonly value: boolean;
}

/** What stands for the values of a group, by the text of what they are grouped by: texts of one key are not all the same. */
export interface Grouped {
  readonly values: ReadonlyMap<string, Typed>;
  /** What they are called in the rows. */
  readonly aliases: ReadonlyMap<string, Typed>;
}

/** The names an expression may use, innermost first. */
export class Scope {
  readonly ranges: readonly Range[];
  readonly parent: Scope | undefined;
  /** Select-list aliases, where the clause may use them (GROUP BY, HAVING, QUALIFY, ORDER BY). */
  readonly aliases: ReadonlyMap<string, Typed>;
  readonly ctes: ReadonlyMap<string, CommonTable>;
  readonly windows: ReadonlyMap<string, WindowSpec>;
  readonly grouped: Grouped | undefined;

  constructor(
    parent?: Scope,
    own: {
      ranges?: readonly Range[];
      aliases?: ReadonlyMap<string, Typed>;
      ctes?: ReadonlyMap<string, CommonTable>;
      windows?: ReadonlyMap<string, WindowSpec>;
      grouped?: Grouped | undefined;
    } = {},
  ) {
    this.parent = parent;
    this.ranges = own.ranges ?? [];
    this.aliases = own.aliases ?? new Map();
    this.ctes = own.ctes ?? new Map();
    this.windows = own.windows ?? new Map();
    this.grouped = own.grouped;
  }

  /** The value, or what stands for it in its group. */
  inGroup(value: Typed, at: number): Typed {
    const own = this.grouped?.values.get(value.sql);
    if (own || !this.parent) return own ?? value;
    const outer = this.parent.inGroup(value, at);
    if (outer !== value && !this.ranges.some((r) => r.inline))
      throw notServed('A sub-query over what is grouped by a collation', at);
    return outer;
  }

  ungrouped(): Scope {
    const { ranges, ctes, windows, grouped } = this;
    return grouped ? new Scope(this.parent, { ranges, aliases: grouped.aliases, ctes, windows }) : this;
  }

  /** The same names without the aliases, for expressions in GROUP BY. */
  withoutAliases(): Scope {
    return this.aliases.size === 0
      ? this
      : new Scope(this.parent, {
          ranges: this.ranges,
          ctes: this.ctes,
          windows: this.windows,
          grouped: this.grouped,
        });
  }

  commonTable(name: string): CommonTable | undefined {
    return this.ctes.get(name.toLowerCase()) ?? this.parent?.commonTable(name);
  }

  range(name: string): Range | undefined {
    const wanted = name.toLowerCase();
    return this.ranges.find((r) => r.alias?.toLowerCase() === wanted);
  }

  /** Where a column and a range share the name it is the range that is meant. */
  resolve(name: string, at: number, beforeDot: boolean): Typed | Range | undefined {
    const wanted = name.toLowerCase();
    const alias = this.aliases.get(wanted);
    if (alias && !beforeDot) return alias;
    const range = this.range(name);
    if (range) return range;
    const found = this.ranges.flatMap((r) =>
      r.columns.filter((c) => !c.hidden && c.name?.toLowerCase() === wanted),
    );
    if (found.length > 1) throw new SqlError(`Column name ${name} is ambiguous`, at);
    return found[0]?.typed ?? alias ?? this.parent?.resolve(name, at, beforeDot);
  }

  *#names(): Generator<string> {
    for (const r of this.ranges) {
      if (r.alias) yield r.alias;
      for (const c of r.columns) if (c.name) yield c.name;
    }
    yield* this.aliases.keys();
    if (this.parent) yield* this.parent.#names();
  }
  unrecognized(name: string, at: number): SqlError {
    const near = nearest(name, this.#names());
    return new SqlError(`Unrecognized name: ${name}${near ? `; Did you mean ${near}?` : ''}`, at);
  }
}

export const isRange = (found: Typed | Range): found is Range => 'columns' in found;

/** A range used as a value is a STRUCT of its columns. */
export function rangeValue(range: Range): Typed {
  if (range.value) return range.value;
  const columns = range.columns.filter((c) => !c.pseudo);
  const named = columns.map((c) => ({
    type: c.typed.type,
    ...(c.name !== undefined && { name: c.name }),
  }));
  return structOf(
    columns.map((c) => c.typed),
    named,
  );
}
