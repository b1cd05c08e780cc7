CREATE OR REPLACE PROCEDURE `a-project.ops.build_stg_order_payments`(day DATE)
OPTIONS (strict_mode = FALSE, description = 'Writes, audits and publishes stg_order_payments: The payments of the orders as the stream has them now.')
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
    order_id, payment_sequential,
    COUNT(1) AS index_row_count
  FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
  GROUP BY order_id, payment_sequential
  ) AS data
WHERE index_row_count > 1
) AS 'assertion stg_order_payments_unique_order_id_payment_sequential failed, stg_order_payments is not published: expected one row per (order_id, payment_sequential)';

ASSERT NOT EXISTS (
SELECT
  'payment_type IN (\'credit_card\', \'boleto\', \'voucher\', \'debit_card\', \'not_defined\')' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
WHERE NOT (payment_type IN ('credit_card', 'boleto', 'voucher', 'debit_card', 'not_defined'))
) AS 'assertion stg_order_payments_row_1 failed, stg_order_payments is not published: expected payment_type IN (\'credit_card\', \'boleto\', \'voucher\', \'debit_card\', \'not_defined\') in every row';

ASSERT NOT EXISTS (
SELECT
  'payment_value >= 0' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
WHERE NOT (payment_value >= 0)
) AS 'assertion stg_order_payments_row_2 failed, stg_order_payments is not published: expected payment_value >= 0 in every row';

ASSERT NOT EXISTS (
SELECT
  'order_id IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
WHERE NOT (order_id IS NOT NULL)
) AS 'assertion stg_order_payments_row_3 failed, stg_order_payments is not published: expected order_id IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'payment_sequential IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
WHERE NOT (payment_sequential IS NOT NULL)
) AS 'assertion stg_order_payments_row_4 failed, stg_order_payments is not published: expected payment_sequential IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'payment_type IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
WHERE NOT (payment_type IS NOT NULL)
) AS 'assertion stg_order_payments_row_5 failed, stg_order_payments is not published: expected payment_type IS NOT NULL in every row';

ASSERT NOT EXISTS (
SELECT
  'payment_value IS NOT NULL' AS failing_row_condition,
  *
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
)
WHERE NOT (payment_value IS NOT NULL)
) AS 'assertion stg_order_payments_row_6 failed, stg_order_payments is not published: expected payment_value IS NOT NULL in every row';

INSERT INTO `a-project.ops.warnings` (model, built_day, assertion, expected, failing_rows, observed_at)
SELECT 'stg_order_payments', day, 'stg_order_payments_have_an_order', 'every payment belongs to an order that is there', found.failing_rows, CURRENT_TIMESTAMP()
FROM (
  SELECT COUNT(*) AS failing_rows
  FROM (
    SELECT payments.order_id
    FROM (
    SELECT
      order_id,
      payment_sequential,
      payment_type,
      payment_installments,
      payment_value,
      version,
      occurred_at
    FROM `a-project.raw.order_payments`
    ) AS payments
    LEFT JOIN `a-project.raw.orders` AS orders
      ON orders.order_id = payments.order_id
    WHERE orders.order_id IS NULL
  )
) AS found
WHERE found.failing_rows > 0;

INSERT INTO `a-project.ops.builds` (model, built_day, started_at, published_at, published_rows)
SELECT 'stg_order_payments', day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM (
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`
);

COMMIT TRANSACTION;

CREATE OR REPLACE VIEW `a-project.staging.stg_order_payments` AS
SELECT
  order_id,
  payment_sequential,
  payment_type,
  payment_installments,
  payment_value,
  version,
  occurred_at
FROM `a-project.raw.order_payments`;
END;
