import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { type Context, compileFunction, createContext } from 'node:vm';
import { DefectError, InputError } from '../runtime/index.ts';
import type { CompiledGraph } from './dataform-graph.ts';

/** ProjectConfig of @dataform/core's core.proto: what overrides workflow_settings.yaml. */
export interface ProjectConfig {
  readonly defaultDatabase?: string;
  readonly defaultLocation?: string;
  readonly vars?: Readonly<Record<string, string>>;
}

interface Core {
  compiler(code: string, path: string): string;
  main(request: string): string;
}

/** A compiled project, and its includes as the project itself sees them. */
export interface Compilation {
  readonly graph: CompiledGraph;
  include(name: string): unknown;
}

/**
 * Compiles a Dataform project in this process. The core keeps its session in its global object and runs the
 * project's JavaScript, so each compilation gets a context of its own: two at once would mix their actions.
 */
export async function compileDataform(directory: string, config: ProjectConfig): Promise<Compilation> {
  const bundle = createRequire(import.meta.url).resolve('@dataform/core');
  const { request, response } = await messages(dirname(bundle));
  const load = moduleLoader(directory);
  const core = load.core(bundle);
  const filePaths = projectFiles(directory);
  const encoded = request.encode(
    request.fromObject({
      compile: { compileConfig: { projectDir: directory, filePaths, projectConfigOverride: config } },
    }),
  );
  const answer = core.main(Buffer.from(encoded.finish()).toString('base64'));
  const decoded = response.toObject(response.decode(Buffer.from(answer, 'base64')), {
    enums: String,
    arrays: true,
  });
  const graph = decoded.compile?.compiledGraph as CompiledGraph | undefined;
  if (!graph) throw new DefectError('@dataform/core answered without a compiled graph');
  refuseErrors(graph);
  return { graph, include: (name) => load.file(`includes${sep}${name}`) };
}

/** The core does not export its messages, but its package holds their definitions. */
async function messages(packageDirectory: string) {
  const { default: protobuf } = await import('protobufjs');
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    target.startsWith('google/') ? target : join(packageDirectory, basename(target));
  root.loadSync('core.proto');
  return {
    request: root.lookupType('dataform.CoreExecutionRequest'),
    response: root.lookupType('dataform.CoreExecutionResponse'),
  };
}

function projectFiles(directory: string): string[] {
  const ours = /^(definitions|includes)[/\\].+\.(sqlx|js|sql|yaml|yml)$|^workflow_settings\.yaml$/;
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => ours.test(path))
    .sort();
}

/** `require` as the core expects it: itself by name, everything else from the project, through its compiler. */
function moduleLoader(directory: string) {
  const context = createContext({ console, Buffer });
  context.global = context;
  const loaded = new Map<string, { exports: unknown }>();
  let core: Core | undefined;

  const require = (name: string): unknown => {
    if (name === '@dataform/core') return core;
    // The bundle's reader of .proto files from disk asks for it; nothing that we compile uses it.
    if (name === 'fs') return {};
    return file(name);
  };
  const file = (name: string): unknown => {
    const path = findFile(directory, name);
    const known = loaded.get(path);
    if (known) return known.exports;
    const code = core?.compiler(readFileSync(path, 'utf8'), path.slice(directory.length + 1)) ?? '';
    return run(context, loaded, require, path, code);
  };
  return {
    file,
    core: (path: string): Core => {
      core = run(context, loaded, require, path, readFileSync(path, 'utf8')) as Core;
      return core;
    },
  };
}

function findFile(directory: string, name: string): string {
  const path = resolve(directory, name);
  if (!path.startsWith(directory + sep)) {
    throw new InputError('a project may only read its own files', {
      expected: `a path in ${directory}`,
      got: name,
    });
  }
  return /\.(js|sqlx|sql|yaml|yml|md)$/.test(path) ? path : `${path}.js`;
}

function run(
  context: Context,
  loaded: Map<string, { exports: unknown }>,
  require: (name: string) => unknown,
  path: string,
  code: string,
): unknown {
  const module = { exports: {} as unknown };
  loaded.set(path, module);
  const names = ['module', 'exports', 'require', '__filename', '__dirname'];
  const body = compileFunction(code, names, { filename: path, parsingContext: context });
  body(module, module.exports, require, path, dirname(path));
  return module.exports;
}

function refuseErrors(graph: CompiledGraph): void {
  const errors = graph.graphErrors?.compilationErrors ?? [];
  if (errors.length === 0) return;
  const lines = errors.map((error) => `${error.fileName || error.actionName || 'project'}: ${error.message}`);
  throw new InputError(`the Dataform project does not compile:\n${lines.join('\n')}`);
}
