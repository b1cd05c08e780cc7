CREATE OR REPLACE PROCEDURE `a-project.ops.days_with_data`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'One row where the day has orders, none where it has not: then there is nothing to build.')
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

SELECT
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  COUNT(*) AS orders
FROM `a-project.raw.orders`
WHERE DATE(order_purchase_timestamp, 'America/Sao_Paulo') = day
GROUP BY order_date;
END;
