/**
 * Cloud Storage on loopback: the JSON API, its three upload protocols, every precondition on every path.
 *
 * What the unmodified `@google-cloud/storage` needs:
 *
 *     const storage = await startStorage();
 *     Object.assign(process.env, storage.environment);     // STORAGE_EMULATOR_HOST=http://127.0.0.1:PORT
 *     const client = new Storage({ projectId: 'any' });    // after the environment is set: the constructor reads it
 *
 * No credentials are looked for when an endpoint is set (only `useAuthWithCustomEndpoint: true` would). `projectId`, or
 * GOOGLE_CLOUD_PROJECT, keeps `createBucket` and `getBuckets` from asking a metadata server which project this is.
 * The variable needs its `http://`: without one the client speaks TLS. `apiEndpoint` in the constructor serves instead
 * of the variable, for several emulators in one process.
 */
export { type StorageEmulator, type StorageOptions, startStorage } from './server.ts';
