const hour = 3_600;
const day = 86_400;

/**
 * Brazil's daylight saving time since 1985, from the tz database: from midnight of the first date to midnight
 * of the second. A contract has no Intl (QuickJS has none), so the table is committed and a test compares it
 * with Intl. Brazil gave it up in 2019; before November 1985 there was none for 17 years.
 */
const summers = `
1985-11-02 1986-03-15  1986-10-25 1987-02-14  1987-10-25 1988-02-07  1988-10-16 1989-01-29
1989-10-15 1990-02-11  1990-10-21 1991-02-17  1991-10-20 1992-02-09  1992-10-25 1993-01-31
1993-10-17 1994-02-20  1994-10-16 1995-02-19  1995-10-15 1996-02-11  1996-10-06 1997-02-16
1997-10-06 1998-03-01  1998-10-11 1999-02-21  1999-10-03 2000-02-27  2000-10-08 2001-02-18
2001-10-14 2002-02-17  2002-11-03 2003-02-16  2003-10-19 2004-02-15  2004-11-02 2005-02-20
2005-10-16 2006-02-19  2006-11-05 2007-02-25  2007-10-14 2008-02-17  2008-10-19 2009-02-15
2009-10-18 2010-02-21  2010-10-17 2011-02-20  2011-10-16 2012-02-26  2012-10-21 2013-02-17
2013-10-20 2014-02-16  2014-10-19 2015-02-22  2015-10-18 2016-02-21  2016-10-16 2017-02-19
2017-10-15 2018-02-18  2018-11-04 2019-02-17
`;

const bounds = summers
  .trim()
  .split(/\s+/)
  .map((date) => daysFromCivil(+date.slice(0, 4), +date.slice(5, 7), +date.slice(8, 10)) * day);

/**
 * Seconds to add to a wall-clock time in São Paulo (seconds as if it were UTC) to get UTC. An hour that occurs
 * twice is read as the first one, an hour that never was as if the clock had not been changed yet.
 */
export function secondsToUtc(wallSeconds: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // The clock jumps from 00:00 to 01:00 when summer begins: until then the old offset is the only known one.
    const from = (bounds[middle] ?? 0) + (middle % 2 === 0 ? hour : 0);
    if (wallSeconds < from) high = middle;
    else low = middle + 1;
  }
  return low % 2 === 1 ? 2 * hour : 3 * hour;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
export function daysFromCivil(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) + dayOfMonth - 1 - 719_468;
}
