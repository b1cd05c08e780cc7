/** A primitive that must not be mixed up with another one of the same representation. */
export type Brand<T, B extends string> = T & { readonly __brand: B };

/** Whole cents. Doubles hold every amount a NUMERIC(12,2) can hold exactly, so sums never drift. */
export type Money = Brand<number, 'Money'>;

/** Microseconds since the epoch, always a safe integer (until the year 2255). */
export type Instant = Brand<number, 'Instant'>;

/** NUMERIC(12,2): ten digits before the point. */
export const largestMoney = 999_999_999_999 as Money;
