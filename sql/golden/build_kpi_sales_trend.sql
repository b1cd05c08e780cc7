CREATE OR REPLACE PROCEDURE `a-project.ops.build_kpi_sales_trend`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes kpi_sales_trend: Sales per day, with every day from the first sale to the last: a day without sales is a row of zeros.')
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

CREATE TABLE IF NOT EXISTS `a-project.marts.kpi_sales_trend` (
  order_date DATE,
  orders INT64,
  revenue NUMERIC(16, 2),
  gmv NUMERIC(16, 2),
  revenue_excluding_canceled NUMERIC(16, 2),
  gmv_excluding_canceled NUMERIC(16, 2),
  revenue_avg_7d NUMERIC(16, 2),
  revenue_avg_28d NUMERIC(16, 2),
  revenue_excluding_canceled_avg_7d NUMERIC(16, 2),
  revenue_excluding_canceled_avg_28d NUMERIC(16, 2)
);

BEGIN TRANSACTION;

DELETE FROM `a-project.marts.kpi_sales_trend` WHERE TRUE;

INSERT INTO `a-project.marts.kpi_sales_trend` (order_date, orders, revenue, gmv, revenue_excluding_canceled, gmv_excluding_canceled, revenue_avg_7d, revenue_avg_28d, revenue_excluding_canceled_avg_7d, revenue_excluding_canceled_avg_28d)
WITH
  sold AS (
    SELECT
      order_date,
      COUNT(DISTINCT order_id) AS orders,
      SUM(price) AS revenue,
      SUM(price + freight_value) AS gmv,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price)) AS revenue_excluding_canceled,
      SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), price + freight_value)) AS gmv_excluding_canceled
    FROM `a-project.marts.fact_sales`
    GROUP BY order_date
  ),
  span AS (
    SELECT
      MIN(order_date) AS first_date,
      MAX(order_date) AS last_date
    FROM sold
  ),
  calendar AS (
    SELECT order_date
    FROM span
    CROSS JOIN UNNEST(GENERATE_DATE_ARRAY(span.first_date, span.last_date)) AS order_date
  ),
  daily AS (
    SELECT
      calendar.order_date,
      IFNULL(sold.orders, 0) AS orders,
      IFNULL(sold.revenue, CAST(0 AS NUMERIC)) AS revenue,
      IFNULL(sold.gmv, CAST(0 AS NUMERIC)) AS gmv,
      IFNULL(sold.revenue_excluding_canceled, CAST(0 AS NUMERIC)) AS revenue_excluding_canceled,
      IFNULL(sold.gmv_excluding_canceled, CAST(0 AS NUMERIC)) AS gmv_excluding_canceled
    FROM calendar
    LEFT JOIN sold
      ON sold.order_date = calendar.order_date
  )
SELECT
  order_date,
  orders,
  revenue,
  gmv,
  revenue_excluding_canceled,
  gmv_excluding_canceled,
  ROUND(SAFE_DIVIDE(SUM(revenue) OVER (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), CAST(COUNT(*) OVER (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS NUMERIC)), 2) AS revenue_avg_7d,
  ROUND(SAFE_DIVIDE(SUM(revenue) OVER (ORDER BY order_date ROWS BETWEEN 27 PRECEDING AND CURRENT ROW), CAST(COUNT(*) OVER (ORDER BY order_date ROWS BETWEEN 27 PRECEDING AND CURRENT ROW) AS NUMERIC)), 2) AS revenue_avg_28d,
  ROUND(SAFE_DIVIDE(SUM(revenue_excluding_canceled) OVER (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW), CAST(COUNT(*) OVER (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS NUMERIC)), 2) AS revenue_excluding_canceled_avg_7d,
  ROUND(SAFE_DIVIDE(SUM(revenue_excluding_canceled) OVER (ORDER BY order_date ROWS BETWEEN 27 PRECEDING AND CURRENT ROW), CAST(COUNT(*) OVER (ORDER BY order_date ROWS BETWEEN 27 PRECEDING AND CURRENT ROW) AS NUMERIC)), 2) AS revenue_excluding_canceled_avg_28d
FROM daily;

ASSERT NOT EXISTS (
SELECT
  *
FROM (
  SELECT
    order_date,
    COUNT(1) AS index_row_count
  FROM `a-project.marts.kpi_sales_trend`
  GROUP BY order_date
  ) AS data
WHERE index_row_count > 1
) AS 'assertion kpi_sales_trend_unique_order_date failed, kpi_sales_trend is not published: expected one row per (order_date)';

ASSERT NOT EXISTS (
SELECT
  'revenue <= gmv' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (revenue <= gmv)
) AS 'assertion kpi_sales_trend_row_1 failed, kpi_sales_trend is not published: expected revenue <= gmv in every row';

ASSERT NOT EXISTS (
SELECT
  'revenue_excluding_canceled <= revenue' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (revenue_excluding_canceled <= revenue)
) AS 'assertion kpi_sales_trend_row_2 failed, kpi_sales_trend is not published: expected revenue_excluding_canceled <= revenue in every row';

ASSERT NOT EXISTS (
SELECT
  'gmv_excluding_canceled <= gmv' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (gmv_excluding_canceled <= gmv)
) AS 'assertion kpi_sales_trend_row_3 failed, kpi_sales_trend is not published: expected gmv_excluding_canceled <= gmv in every row';

ASSERT NOT EXISTS (
SELECT
  'order_date IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (order_date IS NOT NULL)
) AS 'assertion kpi_sales_trend_row_4 failed, kpi_sales_trend is not published: expected order_date IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'orders IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (orders IS NOT NULL)
) AS 'assertion kpi_sales_trend_row_5 failed, kpi_sales_trend is not published: expected orders IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'revenue IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (revenue IS NOT NULL)
) AS 'assertion kpi_sales_trend_row_6 failed, kpi_sales_trend is not published: expected revenue IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'gmv IS NOT NULL' AS failing_row_condition,
  *
FROM `a-project.marts.kpi_sales_trend`
WHERE NOT (gmv IS NOT NULL)
) AS 'assertion kpi_sales_trend_row_7 failed, kpi_sales_trend is not published: expected gmv IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  trend.revenue AS trend_revenue,
  sales.revenue AS sales_revenue
FROM (SELECT SUM(revenue) AS revenue FROM `a-project.marts.kpi_sales_trend`) AS trend
CROSS JOIN (SELECT SUM(price) AS revenue FROM `a-project.marts.fact_sales`) AS sales
WHERE trend.revenue != sales.revenue
) AS 'assertion kpi_sales_trend_adds_up failed, kpi_sales_trend is not published: expected the revenue of all days is the revenue of fact_sales';

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'kpi_sales_trend', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM `a-project.marts.kpi_sales_trend`;

COMMIT TRANSACTION;
END;
