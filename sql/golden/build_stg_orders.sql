CREATE OR REPLACE PROCEDURE `a-project.ops.build_stg_orders`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes stg_orders: The orders as the stream has them now, with the São Paulo date of the purchase.')
BEGIN
DECLARE started_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP();

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

BEGIN TRANSACTION;

ASSERT NOT EXISTS (
SELECT
  *
FROM (
  SELECT
    order_id,
    COUNT(1) AS index_row_count
  FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
)
  GROUP BY order_id
  ) AS data
WHERE index_row_count > 1
) AS 'assertion stg_orders_unique_order_id failed, stg_orders is not published: expected one row per (order_id)';

ASSERT NOT EXISTS (
SELECT
  'order_status IN (\'created\', \'approved\', \'invoiced\', \'processing\', \'shipped\', \'delivered\', \'unavailable\', \'canceled\')' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
)
WHERE NOT (order_status IN ('created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'unavailable', 'canceled'))
) AS 'assertion stg_orders_row_1 failed, stg_orders is not published: expected order_status IN (\'created\', \'approved\', \'invoiced\', \'processing\', \'shipped\', \'delivered\', \'unavailable\', \'canceled\') in every row';

ASSERT NOT EXISTS (
SELECT
  'order_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
)
WHERE NOT (order_id IS NOT NULL)
) AS 'assertion stg_orders_row_2 failed, stg_orders is not published: expected order_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'customer_unique_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
)
WHERE NOT (customer_unique_id IS NOT NULL)
) AS 'assertion stg_orders_row_3 failed, stg_orders is not published: expected customer_unique_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'order_purchase_timestamp IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
)
WHERE NOT (order_purchase_timestamp IS NOT NULL)
) AS 'assertion stg_orders_row_4 failed, stg_orders is not published: expected order_purchase_timestamp IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'order_date IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
)
WHERE NOT (order_date IS NOT NULL)
) AS 'assertion stg_orders_row_5 failed, stg_orders is not published: expected order_date IS NOT NULL in every row';

INSERT INTO `a-project.ops.warnings` (model, built_day, assertion, expected, failing_rows, observed_at)
SELECT 'stg_orders', day, 'stg_orders_state_is_known', 'customer_state is a state of Brazil', found.failing_rows, CURRENT_TIMESTAMP()
FROM (
  SELECT COUNT(*) AS failing_rows
  FROM (
    SELECT order_id
    FROM (
    SELECT
      order_id,
      customer_id,
      customer_unique_id,
      customer_zip_code_prefix,
      LOWER(TRIM(customer_city)) AS customer_city,
      UPPER(TRIM(customer_state)) AS customer_state,
      order_status,
      DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
      order_purchase_timestamp,
      order_approved_at,
      order_delivered_carrier_date,
      order_delivered_customer_date,
      order_estimated_delivery_date,
      version,
      occurred_at
    FROM `a-project.raw.orders`
    )
    WHERE NOT (customer_state IN ('AC', 'AL', 'AM', 'AP', 'BA', 'CE', 'DF', 'ES', 'GO', 'MA', 'MG', 'MS', 'MT', 'PA', 'PB', 'PE', 'PI', 'PR', 'RJ', 'RN', 'RO', 'RR', 'RS', 'SC', 'SE', 'SP', 'TO'))
  )
) AS found
WHERE found.failing_rows > 0;

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'stg_orders', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM (
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`
);

COMMIT TRANSACTION;

CREATE OR REPLACE VIEW `a-project.staging.stg_orders` AS
SELECT
  order_id,
  customer_id,
  customer_unique_id,
  customer_zip_code_prefix,
  LOWER(TRIM(customer_city)) AS customer_city,
  UPPER(TRIM(customer_state)) AS customer_state,
  order_status,
  DATE(order_purchase_timestamp, 'America/Sao_Paulo') AS order_date,
  order_purchase_timestamp,
  order_approved_at,
  order_delivered_carrier_date,
  order_delivered_customer_date,
  order_estimated_delivery_date,
  version,
  occurred_at
FROM `a-project.raw.orders`;
END;
