// Raw instants are UTC; every business date is the date on the wall in São Paulo.
const zone = 'America/Sao_Paulo';

module.exports = {
  date: (instant) => `DATE(${instant}, '${zone}')`,
  // In managed Dataform nobody hands over the day, so an incremental run takes yesterday.
  yesterday: `DATE_SUB(CURRENT_DATE('${zone}'), INTERVAL 1 DAY)`,
};
