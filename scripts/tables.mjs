// The tables of the program (commands, options, words), for the scripts that write pages of them.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The tables, bundled in memory because Node 20 reads no TypeScript. Commands are not loaded, only listed. */
export async function loadTables() {
  const commands = 'src/cli/commands/index.ts';
  const sources = [
    'src/explain/explain.ts',
    'src/cli/options.ts',
    'src/core/errors.ts',
    'src/explain/claims.ts',
    'src/explain/exit-codes.ts',
  ];
  if (existsSync(join(PROJECT, commands))) sources.push(commands);
  const lazy = (bundler) =>
    bundler.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  const { outputFiles } = await build({
    stdin: {
      contents: sources.map((path) => `export * from './${path}';`).join('\n'),
      resolveDir: PROJECT,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    define: { TOKCTL_VERSION: '""' },
    plugins: [{ name: 'lazy-commands', setup: lazy }],
    logLevel: 'warning',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** The groups of options, as headings. */
export const GROUPS = {
  trust: 'Keys and trust',
  expectation: 'Expectations',
  introspection: 'Introspection',
  client: 'Client authentication',
  network: 'Network',
  output: 'Output',
  batch: 'Batches',
  keys: 'Keys',
  check: 'Checks',
  doctor: 'Doctor',
  demo: 'Playground',
  general: 'General',
};

/** What stands for the value of an option, such as `<url>`; nothing for a flag. */
export const placeholderOf = ({ kind, placeholder }) =>
  kind === 'flag' ? '' : (placeholder ?? `<${kind === 'texts' ? 'text' : kind}>`);
