import { enableCompileCache } from 'node:module';
import { spareMetadata } from '../runtime/endpoints.ts';
import { outliveReaders } from './lost-reader.ts';

enableCompileCache();
outliveReaders();
spareMetadata(process.env);

const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
// A client may still ask again and again, or wait for a side that never answers; only what was said is waited for.
setTimeout(() => process.stdout.write('', () => process.exit()), 200).unref();
