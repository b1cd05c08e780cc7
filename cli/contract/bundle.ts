import { createRequire } from 'node:module';
import { messageOf, SetupError } from '../../runtime/index.ts';

const entry = new URL('../../contracts/bundle-entry.ts', import.meta.url).pathname;

/** The contract as one script without imports, whose only global is `takeMessage`. */
export async function bundleContract(): Promise<string> {
  const { build } = await bundler();
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    target: 'es2023',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}

/** A tool of development: an installation without it can do all but this. */
async function bundler(): Promise<typeof import('esbuild')> {
  try {
    createRequire(import.meta.url).resolve('esbuild');
    return await import('esbuild');
  } catch (error) {
    throw new SetupError('the contract cannot be bundled without esbuild', {
      got: messageOf(error),
      action: 'Run npm ci without --omit=dev',
      cause: error,
    });
  }
}
