import { InputError } from '../runtime/index.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A Google Workflows definition: `main` and the subworkflows. */
export type WorkflowDefinition = { readonly [name: string]: { readonly [key: string]: Json } };

/** Text that Workflows shall evaluate, told apart from text that merely looks like it. */
export class Expression {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

export type Draft =
  | string
  | number
  | boolean
  | null
  | Expression
  | readonly Draft[]
  | { readonly [key: string]: Draft };

export const expression = (source: string): Expression => new Expression(source);

/** The service's limit for a definition. */
const limitBytes = 128 * 1024;

/** Plain JSON of a draft. What would be evaluated without being meant as an expression is refused. */
export function finish(draft: { readonly [name: string]: Draft }): WorkflowDefinition {
  const definition = plain(draft, '') as WorkflowDefinition;
  const size = Buffer.byteLength(JSON.stringify(definition));
  if (size > limitBytes) {
    throw new InputError('the workflow is too large', {
      expected: `at most ${limitBytes} bytes`,
      got: `${size}`,
      action: 'Split the DAG in two.',
    });
  }
  return definition;
}

function plain(draft: Draft, path: string): Json {
  if (draft instanceof Expression) return `\${${draft.source}}`;
  if (typeof draft === 'string') {
    // Workflows would evaluate it, and Terraform too.
    if (draft.includes('${')) {
      throw new InputError(`text at ${path || '/'} would be evaluated`, {
        expected: 'text without ${',
        got: draft,
      });
    }
    return draft;
  }
  if (Array.isArray(draft)) return draft.map((item: Draft, index) => plain(item, `${path}/${index}`));
  if (typeof draft === 'object' && draft !== null) {
    return Object.fromEntries(
      Object.entries(draft).map(([key, value]) => [key, plain(value as Draft, `${path}/${key}`)]),
    );
  }
  return draft as number | boolean | null;
}
