import type { Expression } from '../expression/parse.ts';
import type { Template } from './template.ts';

/** A definition after it was checked: every name in it is known, every jump arrives. */
export interface Workflow {
  readonly routines: ReadonlyMap<string, Routine>;
}

export interface Routine {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly steps: readonly Step[];
}

export interface Parameter {
  readonly name: string;
  readonly standard?: Template;
}

export interface Step {
  readonly name: string;
  readonly action: Action;
  readonly next?: string;
}

export type Action =
  | { readonly kind: 'none' }
  | { readonly kind: 'assign'; readonly assignments: readonly Assignment[] }
  | Call
  | For
  | Parallel
  | { readonly kind: 'raise'; readonly value: Template }
  | { readonly kind: 'return'; readonly value: Template }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'switch'; readonly cases: readonly Case[] }
  | Try;

export interface Assignment {
  readonly variable: string;
  /** The members of the variable that are gone through, outermost first. */
  readonly members: readonly Expression[];
  readonly value: Template;
}

export interface Call {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: ReadonlyMap<string, Template>;
  readonly result?: string;
}

export interface For {
  readonly kind: 'for';
  readonly value: string;
  readonly index?: string;
  readonly over: { readonly in: Template } | { readonly range: readonly [Template, Template] };
  readonly steps: readonly Step[];
}

export interface Parallel {
  readonly kind: 'parallel';
  readonly shared: readonly string[];
  readonly limit?: Template;
  readonly work: readonly { readonly name: string; readonly steps: readonly Step[] }[] | For;
}

export interface Case {
  readonly condition: Template;
  readonly action: Action;
  readonly next?: string;
}

export interface Try {
  readonly kind: 'try';
  readonly body: Action;
  readonly retry?: Retry;
  readonly except?: { readonly as: string; readonly steps: readonly Step[] };
}

export interface Retry {
  readonly predicate: string;
  readonly maxRetries: Template;
  readonly initialDelay: Template;
  readonly maxDelay: Template;
  readonly multiplier: Template;
}
