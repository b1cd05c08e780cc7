CREATE OR REPLACE PROCEDURE `a-project.ops.days_to_build`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'The days up to the given one that were never built or were touched by an event since: late orders and changes of status.')
BEGIN
CREATE TABLE IF NOT EXISTS `a-project.ops.builds` (
  model STRING,
  built_day DATE,
  started_at TIMESTAMP,
  published_at TIMESTAMP,
  published_rows INT64
);

CREATE TABLE IF NOT EXISTS `a-project.ops.warnings` (
  model STRING,
  built_day DATE,
  assertion STRING,
  expected STRING,
  failing_rows INT64,
  observed_at TIMESTAMP
);

-- An event is received before the row it becomes can be read, so a build may miss what came shortly before it.
-- The hour covers max_staleness and what was in flight; building a day once too often changes nothing.
-- The history asks for a bound on occurred_at; what arrives late may have occurred at any time, so it is the widest.
WITH
  touched AS (
    SELECT
      DATE(orders.order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
      MAX(events.received_at) AS received_at
    FROM `a-project.raw.orders` AS orders
    LEFT JOIN (
      SELECT order_id, received_at
      FROM `a-project.raw.order_events`
      WHERE occurred_at >= TIMESTAMP "1970-01-01"
    ) AS events
      ON events.order_id = orders.order_id
    GROUP BY order_date
  ),
  built AS (
    SELECT
      built_day,
      MAX(started_at) AS started_at
    FROM `a-project.ops.builds`
    WHERE model = 'fact_sales'
    GROUP BY built_day
  )
SELECT touched.order_date
FROM touched
LEFT JOIN built
  ON built.built_day = touched.order_date
WHERE touched.order_date <= day
  AND (
    built.started_at IS NULL
    OR touched.received_at >= TIMESTAMP_SUB(built.started_at, INTERVAL 1 HOUR)
  )
ORDER BY touched.order_date;
END;
