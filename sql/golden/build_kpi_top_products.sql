CREATE OR REPLACE PROCEDURE `a-project.ops.build_kpi_top_products`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes kpi_top_products: Products by sales, per day, month and year.')
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

CREATE TABLE IF NOT EXISTS `a-project.marts.kpi_top_products` (
  period STRING,
  period_start DATE,
  product_id STRING,
  units INT64,
  revenue NUMERIC(16, 2),
  gmv NUMERIC(16, 2),
  revenue_excluding_canceled NUMERIC(16, 2),
  gmv_excluding_canceled NUMERIC(16, 2),
  revenue_rank INT64
)
CLUSTER BY period, period_start;

BEGIN TRANSACTION;

DELETE FROM `a-project.marts.kpi_top_products` WHERE TRUE;

INSERT INTO `a-project.marts.kpi_top_products` (period, period_start, product_id, units, revenue, gmv, revenue_excluding_canceled, gmv_excluding_canceled, revenue_rank)
WITH
  sold AS (
    SELECT
      'day' AS period,
      order_date AS period_start,
      product_id,
      COUNT(*) AS units,
      SUM(price) AS revenue,
      SUM(price + freight_value) AS gmv,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price)) AS revenue_excluding_canceled,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price + freight_value)) AS gmv_excluding_canceled
    FROM `a-project.marts.fact_sales`
    GROUP BY period_start, product_id
    UNION ALL
    SELECT
      'month' AS period,
      DATE_TRUNC(order_date, MONTH) AS period_start,
      product_id,
      COUNT(*) AS units,
      SUM(price) AS revenue,
      SUM(price + freight_value) AS gmv,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price)) AS revenue_excluding_canceled,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price + freight_value)) AS gmv_excluding_canceled
    FROM `a-project.marts.fact_sales`
    GROUP BY period_start, product_id
    UNION ALL
    SELECT
      'year' AS period,
      DATE_TRUNC(order_date, YEAR) AS period_start,
      product_id,
      COUNT(*) AS units,
      SUM(price) AS revenue,
      SUM(price + freight_value) AS gmv,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price)) AS revenue_excluding_canceled,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price + freight_value)) AS gmv_excluding_canceled
    FROM `a-project.marts.fact_sales`
    GROUP BY period_start, product_id
  )
SELECT
  period,
  period_start,
  product_id,
  units,
  revenue,
  gmv,
  revenue_excluding_canceled,
  gmv_excluding_canceled,
  ROW_NUMBER() OVER (
    PARTITION BY period, period_start
    ORDER BY revenue DESC, units DESC, product_id
  ) AS revenue_rank
FROM sold;

ASSERT NOT EXISTS (
SELECT
  *
FROM (
  SELECT
    period, period_start, product_id,
    COUNT(1) AS index_row_count
  FROM `a-project.marts.kpi_top_products`
  GROUP BY period, period_start, product_id
  ) AS data
WHERE index_row_count > 1
) AS 'assertion kpi_top_products_unique_period_period_start_product_id failed, kpi_top_products is not published: expected one row per (period, period_start, product_id)';

ASSERT NOT EXISTS (
SELECT
  *
FROM (
  SELECT
    period, period_start, revenue_rank,
    COUNT(1) AS index_row_count
  FROM `a-project.marts.kpi_top_products`
  GROUP BY period, period_start, revenue_rank
  ) AS data
WHERE index_row_count > 1
) AS 'assertion kpi_top_products_unique_period_period_start_revenue_rank failed, kpi_top_products is not published: expected one row per (period, period_start, revenue_rank)';

ASSERT NOT EXISTS (
SELECT
  'period IN (\'day\', \'month\', \'year\')' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (period IN ('day', 'month', 'year'))
) AS 'assertion kpi_top_products_row_1 failed, kpi_top_products is not published: expected period IN (\'day\', \'month\', \'year\') in every row';

ASSERT NOT EXISTS (
SELECT
  'units >= 1' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (units >= 1)
) AS 'assertion kpi_top_products_row_2 failed, kpi_top_products is not published: expected units >= 1 in every row';

ASSERT NOT EXISTS (
SELECT
  'revenue <= gmv' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (revenue <= gmv)
) AS 'assertion kpi_top_products_row_3 failed, kpi_top_products is not published: expected revenue <= gmv in every row';

ASSERT NOT EXISTS (
SELECT
  'period IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (period IS NOT NULL)
) AS 'assertion kpi_top_products_row_4 failed, kpi_top_products is not published: expected period IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'period_start IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (period_start IS NOT NULL)
) AS 'assertion kpi_top_products_row_5 failed, kpi_top_products is not published: expected period_start IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'product_id IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (product_id IS NOT NULL)
) AS 'assertion kpi_top_products_row_6 failed, kpi_top_products is not published: expected product_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'units IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (units IS NOT NULL)
) AS 'assertion kpi_top_products_row_7 failed, kpi_top_products is not published: expected units IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'revenue IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (revenue IS NOT NULL)
) AS 'assertion kpi_top_products_row_8 failed, kpi_top_products is not published: expected revenue IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'revenue_rank IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_top_products`
WHERE NOT (revenue_rank IS NOT NULL)
) AS 'assertion kpi_top_products_row_9 failed, kpi_top_products is not published: expected revenue_rank IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  top.period,
  top.revenue AS period_revenue,
  sales.revenue AS sales_revenue
FROM (SELECT period, SUM(revenue) AS revenue FROM `a-project.marts.kpi_top_products` GROUP BY period) AS top
CROSS JOIN (SELECT SUM(price) AS revenue FROM `a-project.marts.fact_sales`) AS sales
WHERE top.revenue != sales.revenue
) AS 'assertion kpi_top_products_adds_up failed, kpi_top_products is not published: expected days, months and years each make the revenue of fact_sales';

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'kpi_top_products', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM `a-project.marts.kpi_top_products`;

COMMIT TRANSACTION;
END;
