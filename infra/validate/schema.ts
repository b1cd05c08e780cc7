import { DefectError } from '../../runtime/index.ts';

/** Terraform's type language in JSON: "string", ["list", "string"], ["object", {…}]. */
export type CtyType =
  | string
  | readonly [string, CtyType]
  | readonly ['object', { readonly [name: string]: CtyType }];

export interface Attribute {
  readonly name: string;
  readonly type: CtyType;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
}

export interface NestedBlock {
  readonly name: string;
  readonly block: Block;
  readonly nesting: 'single' | 'list' | 'set';
  readonly minimum: number;
  /** 0 is no limit. */
  readonly maximum: number;
}

export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly NestedBlock[];
}

/** The schema of the provider's only class (a resource, or the provider itself) in a source of the package. */
export function schemaOf(source: string): Block {
  const classes = new Map<string, string>();
  for (const text of source.split(/^export class /m).slice(1))
    classes.set(text.slice(0, text.search(/\W/)), text);
  const top = [...classes].find(([, text]) => /^\w+ extends cdktf\.Terraform(Resource|Provider) /.test(text));
  if (!top) throw new DefectError('no resource in this source', { got: [...classes.keys()].join(', ') });
  return blockOf(top[0], classes);
}

/** A comment of the generator, the member it speaks of, and the line that says how the value is read. */
const member =
  /\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n\s*(.*)\n(?:\s*public get.*\n)?\s*(.*)\n/g;

function blockOf(name: string, classes: ReadonlyMap<string, string>): Block {
  const text = classes.get(name);
  if (text === undefined) throw new DefectError(`class ${name} is not in this source`);
  const attributes: Attribute[] = [];
  const blocks: NestedBlock[] = [];
  for (const [
    ,
    argument = '',
    computedText,
    optionalText,
    requiredText,
    field = '',
    read = '',
  ] of text.matchAll(member)) {
    const [computed, optional, required] = [computedText, optionalText, requiredText].map(
      (word) => word === 'true',
    );
    const marks = { required: required === true, optional: optional === true, computed: computed === true };
    const nested = /= new (\w+?)(List|OutputReference)\(this, "\w+"(?:, (true|false))?\)/.exec(field);
    if (!nested) {
      const type = typeOf(field, read);
      if (type !== undefined) attributes.push({ name: argument, type, ...marks });
      continue;
    }
    const [, prefix, kind, isSet] = nested;
    const inner = blockOf(`${prefix}OutputReference`, classes);
    if (marks.computed && !marks.optional) {
      attributes.push({ name: argument, type: ['list', objectOf(inner)], ...marks });
      continue;
    }
    blocks.push({
      name: argument,
      block: inner,
      nesting: argument === 'timeouts' ? 'single' : isSet === 'true' ? 'set' : 'list',
      minimum: marks.required ? 1 : 0,
      maximum: kind === 'OutputReference' && argument !== 'timeouts' ? 1 : 0,
    });
  }
  return { attributes, blocks };
}

function objectOf(block: Block): CtyType {
  const fields = block.attributes.map(({ name, type }): [string, CtyType] => [name, type]);
  return ['object', Object.fromEntries(fields)];
}

const byGetter: Readonly<Record<string, CtyType>> = {
  getStringAttribute: 'string',
  getNumberAttribute: 'number',
  getBooleanAttribute: 'bool',
  getListAttribute: ['list', 'string'],
  getNumberListAttribute: ['list', 'number'],
  getStringMapAttribute: ['map', 'string'],
  getNumberMapAttribute: ['map', 'number'],
  getBooleanMapAttribute: ['map', 'bool'],
};

const byField: Readonly<Record<string, CtyType>> = {
  string: 'string',
  number: 'number',
  'boolean | cdktf.IResolvable': 'bool',
  'string[]': ['list', 'string'],
  '{ [key: string]: string }': ['map', 'string'],
};

/**
 * Nothing for a block of the provider itself (batching, external credentials): whoever configures one is told
 * by Terraform that it does not exist, and then teaches this function.
 */
function typeOf(field: string, read: string): CtyType | undefined {
  const map = /new cdktf\.(String|Number|Boolean)Map\(/.exec(field)?.[1];
  if (map) return ['map', map === 'Boolean' ? 'bool' : map.toLowerCase()];
  const getter = /this\.(get\w+Attribute)\(/.exec(read)?.[1];
  if (getter !== undefined) {
    const type = byGetter[getter];
    if (type === undefined) throw new DefectError(`no Terraform type is known for ${getter}`, { got: read });
    return read.includes('Fn.tolist(') && Array.isArray(type) ? ['set', type[1]] : type;
  }
  return byField[/^private _\w+\?: (.*?);/.exec(field)?.[1] ?? ''];
}
