CREATE OR REPLACE PROCEDURE `a-project.ops.build_stg_order_items`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes stg_order_items: The lines of the orders as the stream has them now.')
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
    order_id, order_item_id,
    COUNT(1) AS index_row_count
  FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
  GROUP BY order_id, order_item_id
  ) AS data
WHERE index_row_count > 1
) AS 'assertion stg_order_items_unique_order_id_order_item_id failed, stg_order_items is not published: expected one row per (order_id, order_item_id)';

ASSERT NOT EXISTS (
SELECT
  'price >= 0' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (price >= 0)
) AS 'assertion stg_order_items_row_1 failed, stg_order_items is not published: expected price >= 0 in every row';

ASSERT NOT EXISTS (
SELECT
  'freight_value >= 0' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (freight_value >= 0)
) AS 'assertion stg_order_items_row_2 failed, stg_order_items is not published: expected freight_value >= 0 in every row';

ASSERT NOT EXISTS (
SELECT
  'order_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (order_id IS NOT NULL)
) AS 'assertion stg_order_items_row_3 failed, stg_order_items is not published: expected order_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'order_item_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (order_item_id IS NOT NULL)
) AS 'assertion stg_order_items_row_4 failed, stg_order_items is not published: expected order_item_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'product_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (product_id IS NOT NULL)
) AS 'assertion stg_order_items_row_5 failed, stg_order_items is not published: expected product_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'seller_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (seller_id IS NOT NULL)
) AS 'assertion stg_order_items_row_6 failed, stg_order_items is not published: expected seller_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'price IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (price IS NOT NULL)
) AS 'assertion stg_order_items_row_7 failed, stg_order_items is not published: expected price IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'freight_value IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
)
WHERE NOT (freight_value IS NOT NULL)
) AS 'assertion stg_order_items_row_8 failed, stg_order_items is not published: expected freight_value IS NOT NULL in every row';

INSERT INTO `a-project.ops.warnings` (model, built_day, assertion, expected, failing_rows, observed_at)
SELECT 'stg_order_items', day, 'stg_order_items_have_an_order', 'every line belongs to an order that is there', found.failing_rows, CURRENT_TIMESTAMP()
FROM (
  SELECT COUNT(*) AS failing_rows
  FROM (
    SELECT items.order_id
    FROM (
    SELECT
      order_id,
      order_item_id,
      product_id,
      seller_id,
      shipping_limit_date,
      price,
      freight_value,
      version,
      occurred_at
    FROM `a-project.raw.order_items`
    ) AS items
    LEFT JOIN `a-project.raw.orders` AS orders
      ON orders.order_id = items.order_id
    WHERE orders.order_id IS NULL
  )
) AS found
WHERE found.failing_rows > 0;

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'stg_order_items', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM (
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`
);

COMMIT TRANSACTION;

CREATE OR REPLACE VIEW `a-project.staging.stg_order_items` AS
SELECT
  order_id,
  order_item_id,
  product_id,
  seller_id,
  shipping_limit_date,
  price,
  freight_value,
  version,
  occurred_at
FROM `a-project.raw.order_items`;
END;
