// Puts the chunks that esbuild has split into few CommonJS files. A program that runs for 50 ms must not spend ten of them
// on opening thirty small files, nor on the loader of ES modules, nor on reading code of other commands.
// Invariant: every chunk stands in one group, and a run loads each group once, so that there is one copy of each class and of
// each table. A file holds one group, or several that a command needs from its beginning (src/launch/program.ts).

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

/**
 * Makes one file of each group, and one of each start, which is a list of groups; gives their texts by name, and the metafile
 * with files in the place of chunks.
 */
export async function bundleGroups(graph, { assigned, groups, starts, options, fileOf }) {
  const names = [...new Set(assigned.values())].sort();
  const files = new Map([...names.map((name) => [name, [name]]), ...Object.entries(starts)]);
  const texts = new Map(
    await Promise.all(
      [...files].map(async ([name, held]) => [
        name,
        await bundleFile(name, { graph, assigned, held, options, fileOf }),
      ]),
    ),
  );
  return { texts, outputs: fileOutputs(graph, { assigned, groups, files, fileOf, texts }) };
}

/** A valid name for what a chunk exports, unique in the program. */
const idOf = (chunk, name) => `_${basename(chunk, '.js').split('-').at(-1)}_${name}`;

/** What a file and the others ask of each other's chunks: everything of a chunk that import() loads, else the names imported. */
function foreignNames({ outputs, files }, isHeld) {
  const used = new Map(Object.keys(outputs).map((path) => [path, new Set()]));
  for (const [path, output] of Object.entries(outputs)) {
    for (const { path: next, kind } of internal(output)) {
      if (isHeld(path) === isHeld(next)) continue;
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

async function bundleFile(name, { graph, assigned, held, options, fileOf }) {
  const isHeld = (path) => held.includes(assigned.get(path));
  const used = foreignNames(graph, isHeld);
  const own = [...assigned.keys()].filter(isHeld);
  const result = await build({
    ...options,
    stdin: { contents: exportsText(own, used), sourcefile: name, resolveDir: '.' },
    bundle: true,
    format: 'cjs',
    write: false,
    plugins: [filePlugin(name, { graph, assigned, used, isHeld, fileOf })],
  });
  const text = result.outputFiles[0].text.replaceAll(/\brequire\("\.[^"]*"\)/g, '$&()');
  const call = `require("${LATE.name}")`;
  return text.includes(call) ? lateText(graph) + text.replaceAll(call, LATE.name) : text;
}

/**
 * The last module of a file: it loads the others, and exports a function that gives what they are asked for. Most files are
 * asked for nothing in most runs, and making hundreds of properties takes longer than many an answer.
 */
function exportsText(own, used) {
  const imports = own.map((path, index) => {
    const names = [...used.get(path)].sort();
    return names.length === 0 ? `import '${path}';` : importText(path, names, index);
  });
  const getters = own.flatMap((path, index) =>
    [...used.get(path)].sort().map((name) => getterText(idOf(path, name), localOf(index, name))),
  );
  return `${imports.join('\n')}\nlet all;\nmodule.exports = () => (all ??= { ${getters.join(', ')} });`;
}

const localOf = (index, name) => `_${index}_${name}`;

const importText = (path, names, index) =>
  `import { ${names.map((name) => `${name} as ${localOf(index, name)}`)} } from '${path}';`;

const getterText = (name, expression) => `get ${name}() { return ${expression}; }`;

/** A module of Node that takes milliseconds to load and that not every run of a file needs: loaded when it is first used. */
const LATE = { module: 'node:crypto', name: 'late_node_crypto' };

function filePlugin(name, { graph, assigned, used, isHeld, fileOf }) {
  const chunkAt = (path, importer) =>
    assigned.has(path) ? path : posix.join(posix.dirname(importer.replace(/^chunk:/, '')), path);
  return {
    name: 'files',
    setup(context) {
      context.onResolve({ filter: /^#group\// }, ({ path }) => ({
        path: relative(fileOf(name), fileOf(path.slice('#group/'.length))),
        external: true,
      }));
      context.onResolve({ filter: /^node:/ }, ({ path }) => ({
        path: path === LATE.module ? LATE.name : path,
        external: true,
      }));
      context.onResolve({ filter: /./ }, ({ path, importer }) => {
        const chunk = chunkAt(path, importer);
        if (!assigned.has(chunk)) return { path, external: true };
        return { path: chunk, namespace: isHeld(chunk) ? 'chunk' : 'foreign', sideEffects: undefined };
      });
      context.onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({
        contents: loadingQuickly(graph.files.get(path), {
          chunkOf: (next) => chunkAt(next, path),
          isHeld,
          assigned,
          outputs: graph.outputs,
        }),
      }));
      context.onLoad({ filter: /./, namespace: 'foreign' }, ({ path }) => ({
        contents: foreignText(path, assigned.get(path), used.get(path)),
      }));
    },
  };
}

/**
 * What a chunk loads by import() is looked up when it does that. From its own file it is there from the beginning; but
 * esbuild would make functions for all of its names, and a wrapper for what is elsewhere, at the beginning of every run.
 */
function loadingQuickly(text, { chunkOf, isHeld, assigned, outputs }) {
  const loaded = [];
  const contents = text.replaceAll(/\bimport\("(\.[^"]+)"\)/g, (_, next) => {
    if (!loaded.includes(next)) loaded.push(next);
    return `loaded_${loaded.indexOf(next)}()`;
  });
  const loaders = loaded.map((next, index) => {
    const chunk = chunkOf(next);
    const names = outputs[chunk].exports;
    const loader = (made) => `let view_${index}; const loaded_${index} = () => (view_${index} ??= ${made});`;
    const view = (expressionOf) => `{ ${names.map((name) => getterText(name, expressionOf(name))).join(', ')} }`;
    if (isHeld(chunk)) {
      const here = view((name) => localOf(index, name));
      return `${importText(next, names, index)}\n${loader(`Promise.resolve(${here})`)}\n`;
    }
    const there = view((name) => `all.${idOf(chunk, name)}`);
    const file = `require('#group/${assigned.get(chunk)}')`;
    return `${loader(`Promise.resolve().then(() => { const all = ${file}; return ${there}; })`)}\n`;
  });
  return loaders.join('') + contents;
}

/** An object in which a name of the module is looked up wherever it is used, and the module when the first one is. */
function lateText({ files }) {
  const names = new Set([...files.values()].flatMap((text) => importedNames(text, LATE.module)));
  const getters = [...names].sort().map((name) => getterText(name, `late().${name}`));
  return `var ${LATE.name}=(()=>{let it;const late=()=>it??=require("${LATE.module}");return{${getters}}})();`;
}

const foreignText = (path, group, names) =>
  names.size === 0
    ? `import '#group/${group}';`
    : `export { ${[...names].map((one) => `${idOf(path, one)} as ${one}`)} } from '#group/${group}';`;

function relative(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** The outputs of a metafile, as if esbuild had written the files itself. */
function fileOutputs({ outputs }, { assigned, groups, files, fileOf, texts }) {
  return Object.fromEntries(
    [...files].map(([name, held]) => {
      const own = Object.entries(outputs).filter(([path]) => held.includes(assigned.get(path)));
      const entries = own.map(([, { entryPoint }]) => entryPoint).filter((entry) => entry !== undefined);
      const [entryPoint] = held.length > 1 ? [] : (groups[name] ?? entries);
      const imports = own
        .flatMap(([, output]) => output.imports)
        .map((one) => (one.external === true ? one : { ...one, path: fileOf(assigned.get(one.path)) }))
        .filter(({ path }) => !held.some((group) => path === fileOf(group)));
      const inputs = Object.assign({}, ...own.map(([, output]) => output.inputs));
      return [fileOf(name), { imports, inputs, bytes: texts.get(name).length, ...(entryPoint && { entryPoint }) }];
    }),
  );
}
