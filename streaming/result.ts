import type { Correction, Death } from '../contracts/index.ts';

/** What a step may say. It never acts: the interpreter does, and every outcome must be wired there. */
export type Result<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'corrected'; readonly value: T; readonly corrections: readonly Correction[] }
  | { readonly kind: 'dead'; readonly death: Death }
  | { readonly kind: 'drop'; readonly why: string };

export type OutcomeKind = Result<unknown>['kind'];

export const ok = <T>(value: T): Result<T> => ({ kind: 'ok', value });

export const corrected = <T>(value: T, corrections: readonly Correction[]): Result<T> => ({
  kind: 'corrected',
  value,
  corrections,
});

export const dead = (death: Death): Result<never> => ({ kind: 'dead', death });

export const drop = (why: string): Result<never> => ({ kind: 'drop', why });
