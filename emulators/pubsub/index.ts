export type { Backlog } from './broker/subscription.ts';
export { type PubSubEmulator, type PubSubOptions, startPubSub } from './start.ts';
