/** When a task is tried again. It is data: the emitted workflow carries it as a predicate of its own. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly initialDelaySeconds: number;
  readonly maxDelaySeconds: number;
  readonly multiplier: number;
  readonly when: {
    /** HTTP status of a refused request. */
    readonly codes: readonly number[];
    /** Reasons and messages of BigQuery, tags of Workflows; found anywhere in the error. */
    readonly words: readonly string[];
  };
}

/**
 * Workflows' own default predicate knows 429, 502, 503 and broken connections. It does not know a job that BigQuery
 * itself ended for want of resources (backendError and rateLimitExceeded come with 400 and 403), nor the
 * transaction that lost against another one.
 */
export const standardRetry: RetryPolicy = {
  maxRetries: 4,
  initialDelaySeconds: 2,
  maxDelaySeconds: 60,
  multiplier: 2,
  when: {
    codes: [429, 500, 502, 503, 504],
    words: [
      'backendError',
      'internalError',
      'jobBackendError',
      'jobInternalError',
      'rateLimitExceeded',
      'jobRateLimitExceeded',
      'aborted due to concurrent update',
      // CREATE TABLE IF NOT EXISTS, lost against another first run that made the table meanwhile.
      'Already Exists: Table',
      'ConnectionError',
      'ConnectionFailedError',
    ],
  },
};
