// Bundles the program and the library into dist/, so that tests, the playground and users run the same files.
// The program is CommonJS in few files, because that starts quickest (docs/performance.md); the library is ES modules.
// Invariant: the same sources give the same bytes, and no path of the machine that builds is in them.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { assignGroups, bundleGroups } from './chunk-groups.mjs';
import { keepReachable } from './declarations.mjs';
import { writeLicences } from './licences.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

const COMMON = {
  platform: 'node',
  target: 'node20.18',
  legalComments: 'none',
  define: { TOKCTL_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
  // `depd`, which oidc-provider brings, names its deprecated functions that way.
  logOverride: { 'direct-eval': 'silent' },
  // Names of files are in the bundle: those of the checkout, wherever its packages really are.
  preserveSymlinks: true,
};

/** What is loaded together stands together; everything else is loaded by itself when it is asked for. */
const GROUPS = {
  cli: ['src/cli/main.ts', 'src/cli/resolve.ts', 'src/core/time.ts', 'src/core/escape.ts'],
  decode: ['src/cli/commands/decode.ts', 'src/cli/render/json.ts'],
  verify: [
    'src/cli/commands/verify.ts',
    'src/cli/connection.ts',
    'src/cli/question.ts',
    'src/cli/secret-source.ts',
    'src/protocol/jwks.ts',
    'src/protocol/public-key.ts',
  ],
  network: ['src/protocol/http/node-transport.ts'],
  introspect: ['src/cli/commands/introspect.ts'],
  shape: ['src/core/shape.ts', 'src/core/shape-checksum.ts'],
  table: ['src/cli/render/table.ts'],
};

/** Commands that are run most have one file each, with the groups that they need from their beginning. */
const STARTS = {
  'start-decode': ['cli', 'decode'],
  'start-verify': ['cli', 'decode', 'verify', 'network'],
  'start-introspect': ['cli', 'decode', 'verify', 'network', 'introspect', 'shape'],
};

/**
 * What packages load and tokctl never uses: commander can start programs as subcommands, cli-table3 can paint its borders,
 * chalk looks for the colours of a terminal (src/cli/color.ts does). They bring node:child_process, node:os and node:tty.
 * And what tokctl has at hand.
 */
const ABSENT = [
  { importer: '/commander/', filter: /^node:child_process$/, contents: 'module.exports = {};' },
  { importer: '/cli-table3/', filter: /^@colors\/colors\/safe$/, contents: 'module.exports = {};' },
  {
    importer: '/chalk/',
    filter: /^#supports-color$/,
    contents: 'export default { stdout: false, stderr: false };',
  },
  // It looks for escapes and emoji in each cell, by an expression that takes a millisecond to read; ours looks for ASCII first.
  {
    importer: '/cli-table3/',
    filter: /^string-width$/,
    contents: `module.exports = require('./src/cli/render/layout.ts').widthOf;`,
  },
];

const withoutWhatIsNotUsed = {
  name: 'without-what-is-not-used',
  setup({ onResolve, onLoad }) {
    for (const [index, { importer, filter }] of ABSENT.entries()) {
      onResolve({ filter }, (asked) =>
        asked.importer.includes(importer) ? { path: String(index), namespace: 'absent' } : undefined,
      );
    }
    onLoad({ filter: /./, namespace: 'absent' }, ({ path }) => ({
      contents: ABSENT[Number(path)].contents,
      resolveDir: '.',
    }));
  },
};

/** What the playground imports of oidc-provider. */
const PROVIDER = [
  'oidc-provider/lib/provider.js',
  'oidc-provider/lib/adapters/memory_adapter.js',
  'oidc-provider/lib/helpers/errors.js',
];

/** oidc-provider reads the names of its own classes: they are kept there, and cost nothing elsewhere. */
async function playgroundServer() {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: PROVIDER.map((path, index) => ({ in: path, out: `provider-${index}` })),
    bundle: true,
    splitting: true,
    format: 'esm',
    keepNames: true,
    write: false,
    metafile: true,
    outdir: 'dist',
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  return { plugin: providerPlugin(texts), inputs: metafile.inputs };
}

const providerPlugin = (texts) => ({
  name: 'oidc-provider',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^oidc-provider(?:\/|$)/ }, ({ path, importer }) => {
      const index = PROVIDER.indexOf(path);
      if (index < 0) return { errors: [{ text: `${importer} imports ${path}: name it in PROVIDER` }] };
      return { path: `provider-${index}.js`, namespace: 'provider' };
    });
    onResolve({ filter: /^\.\//, namespace: 'provider' }, ({ path }) => ({
      path: basename(path),
      namespace: 'provider',
    }));
    onLoad({ filter: /./, namespace: 'provider' }, ({ path }) => ({ contents: texts.get(path), resolveDir: '.' }));
  },
});

async function program() {
  const server = await playgroundServer();
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: { cli: 'src/cli/main.ts' },
    define: { ...COMMON.define, TOKCTL_KEEPS_REPORTS: 'true' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    chunkNames: '[name]-[hash]',
    write: false,
    metafile: true,
    plugins: [withoutWhatIsNotUsed, server.plugin],
  });
  const files = new Map(Object.keys(metafile.outputs).map((path) => [path, textOf(path, outputFiles)]));
  const graph = { outputs: metafile.outputs, files };
  const assigned = assignGroups(graph, GROUPS);
  const fileOf = (group) => `dist/cli/${group}.cjs`;
  // `import()` of a module of Node would load the loader of ES modules, which nothing else needs.
  const options = { ...COMMON, minify: true, supported: { 'dynamic-import': false } };
  const { texts, outputs } = await bundleGroups(graph, { assigned, groups: GROUPS, starts: STARTS, options, fileOf });
  for (const [group, text] of texts) write(fileOf(group), text);
  const begin = await launchers(texts);
  return {
    inputs: { ...metafile.inputs, ...server.inputs, ...begin.inputs },
    outputs: { ...outputs, ...begin.outputs },
  };
}

/** What bin/tokctl.js and threads load: it knows the first file of the program, and which build it is. */
async function launchers(texts) {
  const hash = createHash('sha256');
  for (const [group, text] of texts) hash.update(`${group}\n${text.length}\n${text}`);
  const { metafile } = await build({
    ...COMMON,
    metafile: true,
    entryPoints: { launch: 'src/launch/main.ts', thread: 'src/launch/thread.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    define: {
      TOKCTL_PROGRAM: JSON.stringify('cli/cli.cjs'),
      TOKCTL_STARTS: JSON.stringify(startsByCommand()),
      TOKCTL_BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)),
    },
  });
  return metafile;
}

const startsByCommand = () =>
  Object.fromEntries(
    Object.entries(STARTS).map(([name, groups]) => [
      name.replace('start-', ''),
      { file: `cli/${name}.cjs`, holds: groups.map((group) => `cli/${group}.cjs`) },
    ]),
  );

const textOf = (path, files) => files.find((file) => file.path.endsWith(`/${path}`)).text;

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function library() {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: { index: 'src/index.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    chunkNames: 'library/[name]-[hash]',
    metafile: true,
  });
  return metafile;
}

function declarations() {
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace('package.json', 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { stdio: 'inherit' });
  keepReachable('dist/types/index.d.ts');
}

function sizeOf(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);
}

rmSync('dist', { recursive: true, force: true });
const parts = [await program(), await library()];
const metafile = {
  inputs: Object.assign({}, ...parts.map(({ inputs }) => inputs)),
  outputs: Object.assign({}, ...parts.map(({ outputs }) => outputs)),
};
write('dist/metafile.json', JSON.stringify(metafile));
writeLicences(metafile, 'dist/THIRD_PARTY_LICENSES.txt');
declarations();
process.stdout.write(`dist: ${(sizeOf('dist') / 1e6).toFixed(2)} MB\n`);
