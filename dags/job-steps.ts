import { type Draft, expression } from './definition.ts';

const jobParameters = ['project', 'location', 'job_name', 'procedure', 'day', 'timeout', 'labels'];

/**
 * The subworkflow `run_job`: one BigQuery job under a name of its own.
 *
 * Insert says little: 409 is the same job of an earlier call, a broken connection may have landed, a failed job
 * comes as an error of the connector. So whatever it says, the job itself is looked up and waited for, and only
 * what the job says counts. Not found means that the insert never landed: then its error is the answer.
 *
 * A job id is good for one job. The number behind the name counts up over the jobs that failed before this call;
 * a job that succeeded or still runs is taken as it is, never run beside itself.
 */
export function runJob(): Draft {
  return {
    params: jobParameters,
    steps: [
      {
        prepare: {
          assign: [
            { tries: 0 },
            { deadline: expression('sys.now() + timeout') },
            { query: expression('"CALL `" + project + "." + procedure + "`(@day)"') },
          ],
        },
      },
      {
        number: {
          assign: [
            { tries: expression('tries + 1') },
            { job_id: expression('job_name + "-" + string(tries)') },
            { insert_error: null },
            { insert_code: 0 },
          ],
        },
      },
      {
        insert: {
          try: { call: 'googleapis.bigquery.v2.jobs.insert', args: insertArguments() },
          except: {
            as: 'e',
            steps: [
              {
                keep_error: {
                  assign: [
                    { insert_error: expression('e') },
                    { insert_code: expression('default(map.get(e, "code"), 0)') },
                  ],
                },
              },
            ],
          },
        },
      },
      lookStep(),
      {
        settle: {
          switch: [
            { condition: expression('job.status.state == "DONE"'), next: 'conclude' },
            { condition: expression('sys.now() > deadline'), next: 'too_late' },
          ],
        },
      },
      { pause: { call: 'sys.sleep', args: { seconds: 2 }, next: 'look' } },
      {
        too_late: {
          raise: {
            reason: 'timeout',
            job_id: expression('job_id'),
            message: expression('"the job is not done after " + string(timeout) + " seconds"'),
          },
        },
      },
      {
        conclude: {
          switch: [
            { condition: expression('not("errorResult" in job.status)'), return: expression('job') },
            { condition: expression('insert_code == 409'), next: 'number' },
          ],
        },
      },
      ...failSteps(),
    ],
  };
}

function lookStep(): Draft {
  return {
    look: {
      try: {
        call: 'googleapis.bigquery.v2.jobs.get',
        args: {
          projectId: expression('project'),
          jobId: expression('job_id'),
          location: expression('location'),
        },
        result: 'job',
      },
      except: {
        as: 'e',
        steps: [
          {
            never_landed: {
              switch: [
                {
                  condition: expression('insert_error != null and default(map.get(e, "code"), 0) == 404'),
                  steps: [{ not_inserted: { raise: expression('insert_error') } }],
                },
              ],
            },
          },
          { not_readable: { raise: expression('e') } },
        ],
      },
    },
  };
}

function failSteps(): Draft[] {
  const error = {
    reason: expression('default(map.get(job.status.errorResult, "reason"), "unknown")'),
    job_id: expression('job_id'),
    message: expression('default(map.get(job.status.errorResult, "message"), "unknown")'),
  };
  const json = { message: 'the job failed', labels: expression('labels'), day: expression('day'), error };
  return [
    { log_failure: { call: 'sys.log', args: { severity: 'WARNING', json } } },
    { fail: { raise: error } },
  ];
}

function insertArguments(): Draft {
  return {
    projectId: expression('project'),
    // Unset, the connector gives up after 30 minutes.
    connector_params: { timeout: expression('timeout') },
    body: {
      jobReference: {
        projectId: expression('project'),
        jobId: expression('job_id'),
        location: expression('location'),
      },
      configuration: {
        labels: expression('labels'),
        query: {
          query: expression('query'),
          useLegacySql: false,
          parameterMode: 'NAMED',
          queryParameters: [
            {
              name: 'day',
              parameterType: { type: 'DATE' },
              parameterValue: { value: expression('day') },
            },
          ],
        },
      },
    },
  };
}

/** The subworkflow `days_of`: the days that a planning procedure answers with. */
export function daysOf(retry: Draft): Draft {
  return {
    params: jobParameters,
    steps: [
      {
        ask: {
          try: {
            steps: [
              {
                run: {
                  call: 'run_job',
                  args: Object.fromEntries(jobParameters.map((name) => [name, expression(name)])),
                  result: 'job',
                },
              },
              {
                read: {
                  call: 'googleapis.bigquery.v2.jobs.getQueryResults',
                  args: {
                    projectId: expression('project'),
                    jobId: expression('job.jobReference.jobId'),
                    location: expression('location'),
                    maxResults: 10000,
                  },
                  result: 'answer',
                },
              },
            ],
          },
          retry,
        },
      },
      { start: { assign: [{ days: [] }, { none: [] }] } },
      {
        collect: {
          for: {
            value: 'row',
            in: expression('default(map.get(answer, "rows"), none)'),
            steps: [{ add: { assign: [{ days: expression('list.concat(days, row.f[0].v)') }] } }],
          },
        },
      },
      { done: { return: expression('days') } },
    ],
  };
}
