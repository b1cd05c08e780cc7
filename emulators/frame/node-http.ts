/**
 * `import … from 'node:http'` reads all that the module exports, among it what loads Node's whole `fetch`: a tenth of
 * the time to be ready, for nothing an emulator uses. Asked for like this only the module itself is loaded.
 */
export const nodeHttp = process.getBuiltinModule('node:http');
