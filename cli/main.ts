import { enableCompileCache } from 'node:module';
import { outliveReaders } from './lost-reader.ts';

enableCompileCache();
outliveReaders();
// Emulated endpoints need no credentials; without this the first call asks a metadata server that is not there.
process.env.METADATA_SERVER_DETECTION ??= 'none';

const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
