import type { Value } from './value.ts';

/** The tags of the service's documentation that this emulator raises. */
export type Tag =
  | 'ConnectionError'
  | 'HttpError'
  | 'IndexError'
  | 'KeyError'
  | 'OperationError'
  | 'RecursionError'
  | 'ResourceLimitError'
  | 'TimeoutError'
  | 'TypeError'
  | 'UnhandledBranchError'
  | 'ValueError'
  | 'ZeroDivisionError';

export interface Frame {
  readonly step: string;
  readonly routine: string;
}

/** A value on its way up to the next `except`; a workflow may raise any value. */
export class Raised extends Error {
  override readonly name = 'Raised';
  readonly value: Value;
  /** Filled where the value passes, innermost step first. */
  readonly frames: Frame[] = [];

  constructor(value: Value) {
    super(typeof value === 'string' ? value : JSON.stringify(value));
    this.value = value;
  }
}

export const raised = (tag: Tag, message: string, more: { readonly [key: string]: Value } = {}): Raised =>
  new Raised({ message, tags: [tag], ...more });
