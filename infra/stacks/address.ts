import type { TerraformResource } from 'cdktf';

/**
 * A resource's address is its Terraform type and its own name, never the path of constructs around it:
 * to Terraform a changed address means destroy and create, so tidying up this folder must not change one.
 */
export function addressed<T extends TerraformResource>(resource: T, ...name: readonly string[]): T {
  resource.overrideLogicalId(name.join('_').replace(/[^A-Za-z0-9_-]/g, '-'));
  return resource;
}
