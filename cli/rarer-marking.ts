import { setFlagsFromString } from 'node:v8';

/**
 * For the process of the emulators, through which buffers pass at tens of megabytes a second. V8 counts those apart
 * from its heap and marks all of it each time some 30 MB of them have come; counted with the heap they are collected
 * when it has grown by its usual factor, which took a quarter off the CPU time of a message. A nursery that grows in
 * larger steps lets messages be acknowledged before anybody has to move them.
 */
export function markMoreRarely(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--semi-space-growth-factor=4');
}
