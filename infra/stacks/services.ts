import { ProjectService } from '@cdktf/provider-google/lib/project-service/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { DefectError } from '../../runtime/index.ts';
import type { Service } from '../definition/index.ts';
import { addressed } from './address.ts';

/** The switched-on APIs. Every other construct asks here for the one it depends on. */
export class Services extends Construct {
  readonly #byName = new Map<Service, ProjectService>();

  constructor(scope: Construct, id: string, props: { project: string; services: readonly Service[] }) {
    super(scope, id);
    for (const service of props.services) {
      const made = new ProjectService(this, service, {
        project: props.project,
        service,
        // Another system of the same project may use the API too: leaving must not switch it off for everybody.
        disableOnDestroy: false,
      });
      this.#byName.set(service, addressed(made, service.replace('.googleapis.com', '')));
    }
  }

  /** Without this a first deployment races against the API's activation and fails halfway. */
  needed(...services: Service[]): ITerraformDependable[] {
    return services.map((service) => {
      const made = this.#byName.get(service);
      if (!made)
        throw new DefectError(`service ${service} is needed by a resource but not in the definition`);
      return made;
    });
  }
}
