// Bundles the program and the library into dist/, so that tests, the playground and users run the same files.
// Every command is a chunk of its own, loaded when it is called: the entry reaches commander and nothing else.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { writeLicences } from './licences.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });

const result = await build({
  entryPoints: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  minify: true,
  keepNames: true, // oidc-provider reads the names of its own classes
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { TOKCTL_VERSION: JSON.stringify(version) },
  // CommonJS packages inside an ES module bundle ask for node's own modules by require.
  banner: { js: "import{createRequire as tokctlCreateRequire}from'node:module';const require=tokctlCreateRequire(import.meta.url);" },
  metafile: true,
  logLevel: 'warning',
});

writeFileSync('dist/metafile.json', JSON.stringify(result.metafile));
writeLicences(result.metafile, 'dist/THIRD_PARTY_LICENSES.txt');
const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { stdio: 'inherit' });
