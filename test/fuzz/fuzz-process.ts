// One target in a process of its own (`scripts/fuzz.mjs` starts it): what it finds is written beside the corpus.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { distill, fuzz } from './engine.ts';
import { TARGETS } from './targets.ts';

const [name = '', seconds = '60', seed = '1', corpusFolder = '', batchFile = '', keep = ''] = process.argv.slice(2);
const target = TARGETS[name];
if (target === undefined) throw new Error(`expected one of ${Object.keys(TARGETS).join(', ')}, got ${name}`);

const folder = join(corpusFolder, name);
mkdirSync(folder, { recursive: true });
const files = existsSync(folder) ? readdirSync(folder) : [];
const corpus = files.map((file) => readFileSync(join(folder, file)));
const isOurs = (url: string): boolean => url.includes('tokctl-fuzz');
const nameOf = (input: Buffer): string => createHash('sha256').update(input).digest('hex').slice(0, 12);

const ends = Date.now() + Number(seconds) * 1000;
const { finding, progress } = await fuzz(target, {
  corpus,
  seed: Number(seed),
  isOurs,
  isOver: () => Date.now() >= ends,
  onBatch: (inputs) => writeFileSync(batchFile, JSON.stringify(inputs.map((input) => input.toString('base64')))),
});

if (finding !== undefined) {
  const path = join(folder, `crash-${nameOf(finding.input)}`);
  writeFileSync(path, finding.input);
  console.error(
    `${name}: ${String(finding.error instanceof Error ? finding.error.stack : finding.error)}\n  kept as ${path}`,
  );
  process.exit(1);
}
const { user, system } = process.cpuUsage();
const worked = `${progress.executions} inputs in ${Math.round((user + system) / 1e6)} s of processor time`;
console.log(`${name}: ${worked}, ${progress.corpus.length} kept, ${progress.places} places reached, nothing found`);

if (keep === 'keep') {
  const regressions = new Set(files.filter((file) => file.startsWith('crash-')));
  const small = await distill(
    target,
    progress.corpus.filter((input) => input.length <= 2048),
    isOurs,
  );
  for (const file of files) if (!regressions.has(file)) rmSync(join(folder, file));
  for (const input of small) writeFileSync(join(folder, nameOf(input)), input);
  console.log(`${name}: the corpus has ${small.length} inputs, and ${regressions.size} that failed once`);
}
process.exit(0);
