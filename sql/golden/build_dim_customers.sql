CREATE OR REPLACE PROCEDURE `a-project.ops.build_dim_customers`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes dim_customers: The people who bought. Home is where their latest order went.')
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

CREATE TABLE IF NOT EXISTS `a-project.marts.dim_customers` (
  customer_unique_id STRING,
  customer_zip_code_prefix STRING,
  customer_city STRING,
  customer_state STRING,
  first_purchase_date DATE,
  last_purchase_date DATE,
  orders INT64
)
CLUSTER BY customer_unique_id;

BEGIN TRANSACTION;

DELETE FROM `a-project.marts.dim_customers` WHERE TRUE;

INSERT INTO `a-project.marts.dim_customers` (customer_unique_id, customer_zip_code_prefix, customer_city, customer_state, first_purchase_date, last_purchase_date, orders)
WITH
  ranked AS (
    SELECT
      customer_unique_id,
      customer_zip_code_prefix,
      customer_city,
      customer_state,
      ROW_NUMBER() OVER (
        PARTITION BY customer_unique_id
        ORDER BY order_purchase_timestamp DESC, order_id DESC
      ) AS recency
    FROM `a-project.staging.stg_orders`
  ),
  purchases AS (
    SELECT
      customer_unique_id,
      MIN(order_date) AS first_purchase_date,
      MAX(order_date) AS last_purchase_date,
      COUNT(*) AS orders
    FROM `a-project.staging.stg_orders`
    GROUP BY customer_unique_id
  )
SELECT
  purchases.customer_unique_id,
  ranked.customer_zip_code_prefix,
  ranked.customer_city,
  ranked.customer_state,
  purchases.first_purchase_date,
  purchases.last_purchase_date,
  purchases.orders
FROM purchases
INNER JOIN ranked
  ON ranked.customer_unique_id = purchases.customer_unique_id
WHERE ranked.recency = 1;

ASSERT NOT EXISTS (
SELECT
  *
FROM (
  SELECT
    customer_unique_id,
    COUNT(1) AS index_row_count
  FROM `a-project.marts.dim_customers`
  GROUP BY customer_unique_id
  ) AS data
WHERE index_row_count > 1
) AS 'assertion dim_customers_unique_customer_unique_id failed, dim_customers is not published: expected one row per (customer_unique_id)';

ASSERT NOT EXISTS (
SELECT
  'orders >= 1' AS failing_row_condition,
  *
FROM `a-project.marts.dim_customers`
WHERE NOT (orders >= 1)
) AS 'assertion dim_customers_row_1 failed, dim_customers is not published: expected orders >= 1 in every row';

ASSERT NOT EXISTS (
SELECT
  'first_purchase_date <= last_purchase_date' AS failing_row_condition,
  *
FROM `a-project.marts.dim_customers`
WHERE NOT (first_purchase_date <= last_purchase_date)
) AS 'assertion dim_customers_row_2 failed, dim_customers is not published: expected first_purchase_date <= last_purchase_date in every row';

ASSERT NOT EXISTS (
SELECT
  'customer_unique_id IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.dim_customers`
WHERE NOT (customer_unique_id IS NOT NULL)
) AS 'assertion dim_customers_row_3 failed, dim_customers is not published: expected customer_unique_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'first_purchase_date IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.dim_customers`
WHERE NOT (first_purchase_date IS NOT NULL)
) AS 'assertion dim_customers_row_4 failed, dim_customers is not published: expected first_purchase_date IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'last_purchase_date IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.dim_customers`
WHERE NOT (last_purchase_date IS NOT NULL)
) AS 'assertion dim_customers_row_5 failed, dim_customers is not published: expected last_purchase_date IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'orders IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.dim_customers`
WHERE NOT (orders IS NOT NULL)
) AS 'assertion dim_customers_row_6 failed, dim_customers is not published: expected orders IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT customers.customer_unique_id
FROM `a-project.marts.dim_customers` AS customers
LEFT JOIN `a-project.staging.stg_orders` AS orders
  ON orders.customer_unique_id = customers.customer_unique_id
WHERE orders.customer_unique_id IS NULL
) AS 'assertion dim_customers_have_ordered failed, dim_customers is not published: expected every customer_unique_id is in stg_orders';

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'dim_customers', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM `a-project.marts.dim_customers`;

COMMIT TRANSACTION;
END;
