// Writes the JSON Schemas that are made of the program's own schemas; with --check it only compares and fails if one
// is out of date. The TypeScript is bundled first: Node 20 does not read it.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The file in schema/, the module it is made of, and the function that gives it. */
const SCHEMAS = [
  { file: 'config.schema.json', module: 'src/cli/config-schema.ts', make: 'configJsonSchema' },
  { file: 'report.schema.json', module: 'src/cli/report-schema.ts', make: 'reportJsonSchema' },
  { file: 'check.schema.json', module: 'src/cli/check/schema.ts', make: 'checkJsonSchema' },
];

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

async function textOf({ module, make }) {
  const outfile = join(root, 'node_modules/.cache/tokctl', `${make}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, module)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
  try {
    const made = await import(pathToFileURL(outfile).href);
    return `${JSON.stringify(made[make](), undefined, 2)}\n`;
  } finally {
    rmSync(outfile, { force: true });
  }
}

function stored(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

for (const schema of SCHEMAS) {
  const path = join(root, 'schema', schema.file);
  const text = await textOf(schema);
  if (stored(path) === text) continue;
  if (isCheck) {
    console.error(`schema/${schema.file} is out of date\nhint: node scripts/schemas.mjs`);
    process.exitCode = 1;
  } else {
    mkdirSync(join(root, 'schema'), { recursive: true });
    writeFileSync(path, text);
  }
}
