CREATE OR REPLACE PROCEDURE `a-project.ops.build_fact_sales`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes fact_sales: What was sold: every line of every order in every status. Orders without lines give no row.')
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

CREATE TABLE IF NOT EXISTS `a-project.marts.fact_sales` (
  order_date DATE,
  order_id STRING,
  order_item_id INT64,
  product_id STRING,
  seller_id STRING,
  customer_id STRING,
  customer_unique_id STRING,
  customer_city STRING,
  customer_state STRING,
  order_status STRING,
  price NUMERIC(12, 2),
  freight_value NUMERIC(12, 2)
)
PARTITION BY order_date
CLUSTER BY seller_id, product_id;

BEGIN TRANSACTION;

DELETE FROM `a-project.marts.fact_sales` WHERE order_date = day;

INSERT INTO `a-project.marts.fact_sales` (order_date, order_id, order_item_id, product_id, seller_id, customer_id, customer_unique_id, customer_city, customer_state, order_status, price, freight_value)
SELECT
  orders.order_date,
  items.order_id,
  items.order_item_id,
  items.product_id,
  items.seller_id,
  orders.customer_id,
  orders.customer_unique_id,
  orders.customer_city,
  orders.customer_state,
  orders.order_status,
  items.price,
  items.freight_value
FROM `a-project.staging.stg_order_items` AS items
INNER JOIN `a-project.staging.stg_orders` AS orders
  ON orders.order_id = items.order_id
WHERE orders.order_date = day;

DELETE FROM `a-project.marts.fact_sales` AS published
WHERE published.order_date != day
  AND EXISTS (SELECT 1 FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day) AS written WHERE written.order_id = published.order_id AND written.order_item_id = published.order_item_id);

ASSERT NOT EXISTS (
SELECT
  *
FROM (
  SELECT
    order_id, order_item_id,
    COUNT(1) AS index_row_count
  FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
  GROUP BY order_id, order_item_id
  ) AS data
WHERE index_row_count > 1
) AS 'assertion fact_sales_unique_order_id_order_item_id failed, fact_sales is not published: expected one row per (order_id, order_item_id)';

ASSERT NOT EXISTS (
SELECT
  'order_status IN (\'created\', \'approved\', \'invoiced\', \'processing\', \'shipped\', \'delivered\', \'unavailable\', \'canceled\')' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (order_status IN ('created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'unavailable', 'canceled'))
) AS 'assertion fact_sales_row_1 failed, fact_sales is not published: expected order_status IN (\'created\', \'approved\', \'invoiced\', \'processing\', \'shipped\', \'delivered\', \'unavailable\', \'canceled\') in every row';

ASSERT NOT EXISTS (
SELECT
  'price >= 0' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (price >= 0)
) AS 'assertion fact_sales_row_2 failed, fact_sales is not published: expected price >= 0 in every row';

ASSERT NOT EXISTS (
SELECT
  'freight_value >= 0' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (freight_value >= 0)
) AS 'assertion fact_sales_row_3 failed, fact_sales is not published: expected freight_value >= 0 in every row';

ASSERT NOT EXISTS (
SELECT
  'order_date IS NOT NULL' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (order_date IS NOT NULL)
) AS 'assertion fact_sales_row_4 failed, fact_sales is not published: expected order_date IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'order_id IS NOT NULL' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (order_id IS NOT NULL)
) AS 'assertion fact_sales_row_5 failed, fact_sales is not published: expected order_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'order_item_id IS NOT NULL' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (order_item_id IS NOT NULL)
) AS 'assertion fact_sales_row_6 failed, fact_sales is not published: expected order_item_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'product_id IS NOT NULL' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (product_id IS NOT NULL)
) AS 'assertion fact_sales_row_7 failed, fact_sales is not published: expected product_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'seller_id IS NOT NULL' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (seller_id IS NOT NULL)
) AS 'assertion fact_sales_row_8 failed, fact_sales is not published: expected seller_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'customer_unique_id IS NOT NULL' AS failing_row_condition,
  *
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
WHERE NOT (customer_unique_id IS NOT NULL)
) AS 'assertion fact_sales_row_9 failed, fact_sales is not published: expected customer_unique_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT sales.order_id
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day) AS sales
LEFT JOIN `a-project.staging.stg_orders` AS orders
  ON orders.order_id = sales.order_id
WHERE orders.order_id IS NULL
) AS 'assertion fact_sales_orders_are_known failed, fact_sales is not published: expected every order_id is in stg_orders';

INSERT INTO `a-project.ops.warnings` (model, built_day, assertion, expected, failing_rows, observed_at)
SELECT 'fact_sales', day, 'fact_sales_are_paid', 'the payments of an order make its price and freight, to the cent', found.failing_rows, CURRENT_TIMESTAMP()
FROM (
  SELECT COUNT(*) AS failing_rows
  FROM (
    WITH
      sold AS (
        SELECT
          order_id,
          SUM(price + freight_value) AS gmv
        FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day)
        GROUP BY order_id
      ),
      paid AS (
        SELECT
          order_id,
          SUM(payment_value) AS payment_value
        FROM `a-project.staging.stg_order_payments`
        GROUP BY order_id
      )
    SELECT sold.order_id
    FROM sold
    LEFT JOIN paid
      ON paid.order_id = sold.order_id
    WHERE ABS(sold.gmv - IFNULL(paid.payment_value, CAST(0 AS NUMERIC))) > CAST('0.01' AS NUMERIC)
  )
) AS found
WHERE found.failing_rows > 0;

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'fact_sales', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM (SELECT * FROM `a-project.marts.fact_sales` WHERE order_date = day);

COMMIT TRANSACTION;
END;
