import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job/index.js';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow/index.js';
import { Construct } from 'constructs';
import type { Schedule, Workflow } from '../definition/index.ts';
import { addressed } from './address.ts';
import { found } from './found.ts';
import type { Identities } from './identities.ts';
import { literal } from './literal.ts';
import type { Services } from './services.ts';

export interface DailyRunProps {
  readonly workflows: readonly Workflow[];
  readonly schedules: readonly Schedule[];
  readonly project: string;
  readonly region: string;
  readonly deletionProtection: boolean;
  readonly identities: Identities;
  readonly services: Services;
}

export class DailyRun extends Construct {
  readonly workflows = new Map<string, WorkflowsWorkflow>();

  constructor(scope: Construct, id: string, props: DailyRunProps) {
    super(scope, id);
    for (const workflow of props.workflows) {
      const made = new WorkflowsWorkflow(this, workflow.name, {
        name: workflow.name,
        region: props.region,
        description: literal(workflow.description),
        serviceAccount: found(props.identities.accounts, 'service account', 'workflow').id,
        sourceContents: literal(workflow.source),
        callLogLevel: 'LOG_ERRORS_ONLY',
        deletionProtection: props.deletionProtection,
        dependsOn: props.services.needed('workflows.googleapis.com', 'workflowexecutions.googleapis.com'),
      });
      this.workflows.set(workflow.name, addressed(made, workflow.name));
    }
    for (const schedule of props.schedules) this.#schedule(schedule, props);
  }

  #schedule(schedule: Schedule, props: DailyRunProps): void {
    const { project, region } = props;
    const workflow = found(this.workflows, 'workflow', schedule.workflow);
    const executions = `projects/${project}/locations/${region}/workflows/${workflow.name}/executions`;
    const made = new CloudSchedulerJob(this, `schedule-${schedule.name}`, {
      name: schedule.name,
      region,
      description: literal(schedule.description),
      schedule: schedule.cron,
      timeZone: schedule.timeZone,
      attemptDeadline: '180s',
      retryConfig: { retryCount: 3 },
      httpTarget: {
        httpMethod: 'POST',
        uri: `https://workflowexecutions.googleapis.com/v1/${executions}`,
        headers: { 'Content-Type': 'application/json' },
        // Encoded here: Terraform's own base64encode() of a JSON text breaks on its quotes.
        body: base64({ argument: JSON.stringify(schedule.argument) }),
        // An access token, not an identity token: the receiver is an API of Google.
        oauthToken: {
          serviceAccountEmail: found(props.identities.accounts, 'service account', 'scheduler').email,
          scope: 'https://www.googleapis.com/auth/cloud-platform',
        },
      },
      dependsOn: props.services.needed('cloudscheduler.googleapis.com'),
    });
    addressed(made, schedule.name);
  }
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}
