import { type Correction, decode, type Event, type Received, type Rules } from '../../contracts/index.ts';
import { corrected, dead, ok, type Result } from '../result.ts';

/** An event as the contract understood it, with what had to be put right. */
export interface Decoded {
  readonly event: Event;
  readonly corrections: readonly Correction[];
}

/** Bytes to an event, in the contract's one pass: decode, validate and correct. */
export function createDecodeStep(rules: Rules) {
  return function decodeMessage(message: Received): Result<Decoded> {
    const outcome = decode(message, rules);
    switch (outcome.kind) {
      case 'ok':
        return ok({ event: outcome.event, corrections: [] });
      case 'corrected':
        return corrected({ event: outcome.event, corrections: outcome.corrections }, outcome.corrections);
      case 'dead':
        return dead(outcome.death);
    }
  };
}
