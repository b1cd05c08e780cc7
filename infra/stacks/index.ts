export { type Violation, violations } from './policy.ts';
export { type StackOptions, stackName } from './stack.ts';
export { type Synthesised, synth } from './synth.ts';
