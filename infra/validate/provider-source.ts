import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DefectError } from '../../runtime/index.ts';

const packageName = '@cdktf/provider-google';

/**
 * The TypeScript that one file of the prebuilt provider package was compiled from, out of its source map. Only
 * there stands what the compiled code has forgotten: which arguments are required, optional or computed.
 */
export function providerSource(folder: string): string {
  const path = createRequire(import.meta.url).resolve(`${packageName}/lib/${folder}/index.js`);
  const compiled = readFileSync(path, 'utf8');
  const encoded = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(compiled)?.[1];
  const map: { sourcesContent?: string[] } = encoded
    ? JSON.parse(Buffer.from(encoded, 'base64').toString())
    : {};
  const source = map.sourcesContent?.[0];
  if (source === undefined) {
    throw new DefectError(`${packageName}/lib/${folder} has no sources in its map`, {
      action: `Schemas are read from there: look how this version of ${packageName} is built`,
    });
  }
  return source;
}

/** `google_pubsub_topic` → `pubsub-topic`. */
export function folderOf(resourceType: string): string {
  return resourceType.replace(/^google_/, '').replaceAll('_', '-');
}
