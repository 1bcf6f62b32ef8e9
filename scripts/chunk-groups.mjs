// Puts the chunks that esbuild has split into few CommonJS files. A program that runs for 50 ms must not spend ten of them
// on opening thirty small files, nor on the loader of ES modules, nor on reading code of other commands.
// Invariant: every chunk stands in exactly one file, so that there is one copy of each class and of each table.

import { basename, posix } from 'node:path';
import { build } from 'esbuild';

/**
 * @param graph `outputs` of an esbuild metafile, and `files`: the text of each output by path
 * @param groups names with the modules whose chunks they hold; a chunk goes to the first group that loads it statically
 * @returns the group of each chunk, by path of the chunk
 */
export function assignGroups({ outputs }, groups) {
  const chunkOf = new Map(Object.entries(outputs).map(([path, { entryPoint }]) => [entryPoint, path]));
  const assigned = new Map();
  for (const [name, modules] of Object.entries(groups)) {
    for (const module of modules) {
      const chunk = chunkOf.get(module);
      if (chunk === undefined) throw new Error(`expected ${module} to be an entry or loaded by import(), got neither`);
      for (const path of staticallyLoaded(chunk, outputs)) if (!assigned.has(path)) assigned.set(path, name);
    }
  }
  for (const path of Object.keys(outputs)) if (!assigned.has(path)) assigned.set(path, basename(path, '.js'));
  return assigned;
}

function staticallyLoaded(path, outputs, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: next, kind } of internal(outputs[path]))
    if (kind === 'import-statement') staticallyLoaded(next, outputs, found);
  return found;
}

const internal = ({ imports }) => imports.filter(({ external }) => external !== true);

/** Makes one file of each group; gives their texts by name, and the metafile with groups in the place of chunks. */
export async function bundleGroups(graph, { assigned, groups, options, fileOf }) {
  const names = [...new Set(assigned.values())].sort();
  const used = foreignNames(graph, assigned);
  const texts = await Promise.all(
    names.map(async (name) => [name, await bundleGroup(name, { graph, assigned, used, options, fileOf })]),
  );
  return { texts: new Map(texts), outputs: groupOutputs(graph, { assigned, groups, fileOf, texts: new Map(texts) }) };
}

/** A valid name for what a chunk exports, unique in the program. */
const idOf = (chunk, name) => `${basename(chunk, '.js').replaceAll(/\W/g, '_')}__${name}`;

/** What each chunk is asked for from other groups: everything of a chunk that import() loads, else the names imported. */
function foreignNames({ outputs, files }, assigned) {
  const used = new Map(Object.keys(outputs).map((path) => [path, new Set()]));
  for (const [path, output] of Object.entries(outputs)) {
    for (const { path: next, kind } of internal(output)) {
      if (assigned.get(path) === assigned.get(next)) continue;
      const names = kind === 'dynamic-import' ? outputs[next].exports : importedNames(files.get(path), next);
      for (const name of names) used.get(next).add(name);
    }
  }
  return used;
}

/** The names in `import { a, b as c } from "./chunk.js"`, as esbuild prints it. */
function importedNames(text, chunk) {
  const statements = text.matchAll(/^import\s*(?:\{([^}]*)\}\s*from\s*)?"([^"]+)";$/gm);
  return [...statements]
    .filter(([, , from]) => basename(from) === basename(chunk))
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.trim().split(/\s+as\s+/)[0])
    .filter((name) => name !== '');
}

async function bundleGroup(name, { graph, assigned, used, options, fileOf }) {
  const own = [...assigned].filter(([, group]) => group === name).map(([path]) => path);
  const lines = own.map((path) => {
    const names = [...used.get(path)].sort().map((one) => `${one} as ${idOf(path, one)}`);
    return names.length === 0 ? `import ${JSON.stringify(path)};` : `export { ${names} } from ${JSON.stringify(path)};`;
  });
  const result = await build({
    ...options,
    stdin: { contents: lines.join('\n'), sourcefile: name, resolveDir: '.' },
    bundle: true,
    format: 'cjs',
    write: false,
    plugins: [groupPlugin(name, { graph, assigned, used, fileOf })],
  });
  return result.outputFiles[0].text;
}

/** Modules of Node that take milliseconds to load and that not every run of a file needs: loaded when they are first used. */
const LATE = ['node:crypto'];

function groupPlugin(name, { graph, assigned, used, fileOf }) {
  const chunkAt = (path, importer) =>
    assigned.has(path) ? path : posix.join(posix.dirname(importer.replace(/^chunk:/, '')), path);
  return {
    name: 'groups',
    setup(context) {
      context.onResolve({ filter: /^#group\// }, ({ path }) => ({
        path: relative(fileOf(name), fileOf(path.slice('#group/'.length))),
        external: true,
      }));
      context.onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
        LATE.includes(path) && namespace !== 'late' ? { path, namespace: 'late' } : { path, external: true },
      );
      context.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({ contents: lateText(path, graph) }));
      context.onResolve({ filter: /./ }, ({ path, importer }) => {
        const chunk = chunkAt(path, importer);
        if (!assigned.has(chunk)) return { path, external: true };
        return { path: chunk, namespace: assigned.get(chunk) === name ? 'chunk' : 'foreign', sideEffects: undefined };
      });
      context.onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: graph.files.get(path) }));
      context.onLoad({ filter: /./, namespace: 'foreign' }, ({ path }) => ({
        contents: foreignText(path, assigned.get(path), used.get(path)),
      }));
    },
  };
}

/** CommonJS, in which a name that is imported is looked up wherever it is used. */
function lateText(module, { files }) {
  const names = new Set([...files.values()].flatMap((text) => importedNames(text, module)));
  const getters = [...names].sort().map((name) => `get ${name}() { return require('${module}').${name}; }`);
  return `module.exports = { ${getters.join(', ')} };`;
}

const foreignText = (path, group, names) =>
  names.size === 0
    ? `import '#group/${group}';`
    : `export { ${[...names].map((one) => `${idOf(path, one)} as ${one}`)} } from '#group/${group}';`;

function relative(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** The outputs of a metafile, as if esbuild had written the groups itself. */
function groupOutputs({ outputs }, { assigned, groups, fileOf, texts }) {
  const merged = {};
  for (const [path, { entryPoint, inputs, imports }] of Object.entries(outputs)) {
    const file = fileOf(assigned.get(path));
    merged[file] ??= { imports: [], inputs: {}, bytes: texts.get(assigned.get(path)).length };
    const target = merged[file];
    if (entryPoint !== undefined) target.entryPoint = groups[assigned.get(path)]?.[0] ?? entryPoint;
    Object.assign(target.inputs, inputs);
    const mapped = imports.map((one) =>
      one.external === true ? one : { ...one, path: fileOf(assigned.get(one.path)) },
    );
    target.imports.push(...mapped.filter((one) => one.path !== file));
  }
  return merged;
}
