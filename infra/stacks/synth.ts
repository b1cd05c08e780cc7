import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, TerraformResource } from 'cdktf';
import { DefectError } from '../../runtime/index.ts';
import type { Resources } from '../definition/index.ts';
import { violations } from './policy.ts';
import { OrderlakeStack, type StackOptions, stackName } from './stack.ts';
import { parseTerraform, resourcesIn } from './terraform.ts';

export interface Synthesised {
  /** The folder for `terraform -chdir`. */
  readonly directory: string;
  readonly file: string;
  readonly addresses: readonly string[];
}

/** Writes the stack as Terraform JSON below `outdir`, and refuses to return one that the API would reject. */
export async function synth(
  resources: Resources,
  outdir: string,
  options: StackOptions = {},
): Promise<Synthesised> {
  await mkdir(outdir, { recursive: true });
  const app = new App({ outdir });
  const stack = new OrderlakeStack(app, resources, options);
  refuseSharedAddresses(stack);
  app.synth();

  const directory = join(outdir, 'stacks', stackName);
  const file = join(directory, 'cdk.tf.json');
  const json = parseTerraform(await readFile(file, 'utf8'));
  const found = violations(json);
  if (found.length > 0) {
    throw new DefectError(`the stack breaks ${found.length} rule(s)`, {
      got: found.map(({ address, problem }) => `${address}: ${problem}`).join('; '),
    });
  }
  return {
    directory,
    file,
    addresses: resourcesIn(json)
      .map(({ address }) => address)
      .sort(),
  };
}

/** Two resources of one address would be merged into one without a word: the synthesised JSON is an object. */
function refuseSharedAddresses(stack: OrderlakeStack): void {
  const seen = new Set<string>();
  for (const made of stack.node.findAll()) {
    if (!(made instanceof TerraformResource)) continue;
    const address = `${made.terraformResourceType}.${made.friendlyUniqueId}`;
    if (seen.has(address)) {
      throw new DefectError(`two resources have the address ${address}`, { got: made.node.path });
    }
    seen.add(address);
  }
}
