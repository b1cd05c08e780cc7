import { DefectError } from '../../runtime/index.ts';

/** Terraform's JSON syntax, as far as the checks look at it. */
export interface TerraformJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface AddressedResource {
  readonly address: string;
  readonly type: string;
  readonly arguments: Arguments;
}

export function resourcesIn(json: TerraformJson): AddressedResource[] {
  return Object.entries(json.resource).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, args]) => ({ address: `${type}.${name}`, type, arguments: args })),
  );
}

export function parseTerraform(text: string): TerraformJson {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('resource' in parsed)) {
    throw new DefectError('synthesised stack', {
      expected: 'an object with resources',
      got: text.slice(0, 80),
    });
  }
  return parsed as TerraformJson;
}
