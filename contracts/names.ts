/** What the topics, subscriptions and datasets are called, everywhere: local, in the cloud, in the documentation. */
export const names = {
  topic: 'olist_orders_topic',
  subscriptions: {
    bigquery: 'olist_orders_subscription',
    iceberg: 'olist_orders_iceberg_subscription',
  },
  archiveSubscription: 'olist_orders_archive_subscription',
  deadLetterTopic: 'olist_orders_dead_letter_topic',
  deadLetterSubscription: 'olist_orders_dead_letter_subscription',
  datasets: { raw: 'raw', staging: 'staging', marts: 'marts', ops: 'ops' },
  lakeNamespace: 'raw',
} as const;
