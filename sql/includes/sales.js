// revenue and gmv as every KPI means them, and the pair without what was never really sold.
const withoutCanceled = (amount) =>
  `SUM(IF(order_status IN ('canceled', 'unavailable'), CAST(0 AS NUMERIC), ${amount}))`;

module.exports = {
  revenue: 'SUM(price)',
  gmv: 'SUM(price + freight_value)',
  revenueExcludingCanceled: withoutCanceled('price'),
  gmvExcludingCanceled: withoutCanceled('price + freight_value'),
  // Days without sales count as zero; before the first full window the average is over the days there are.
  movingAverage: (amount, days) => {
    const frame = `(ORDER BY order_date ROWS BETWEEN ${days - 1} PRECEDING AND CURRENT ROW)`;
    return `ROUND(SAFE_DIVIDE(SUM(${amount}) OVER ${frame}, CAST(COUNT(*) OVER ${frame} AS NUMERIC)), 2)`;
  },
};
