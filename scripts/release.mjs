// Everything of a release but publishing it, into release/: the tarball, its SBOM, and their checksums.
//   node scripts/release.mjs               refuses what is not ready
//   node scripts/release.mjs --rehearse    says what is not ready, and goes on
// Invariant: the tarball is what two builds in two places, in two time zones and locales, made of the same sources, byte by
// byte; else there is no release.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { npm, pack, sizesOf } from './packing.mjs';
import { sbomOf } from './sbom.mjs';

const TARGET = 'release';
const PLACES = [
  { name: 'a', env: { TZ: 'UTC', LC_ALL: 'C' } },
  { name: 'another/place/of/another/length', env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'C.UTF-8' } },
];

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

// ---------------------------------------------------------------- is it ready?

function faults(version) {
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const heading = new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`, 'm');
  const tagged = git('tag', '--list', `v${version}`) !== '' && git('rev-list', '-n1', `v${version}`);
  const { version: locked, packages } = json('package-lock.json');
  const all = [
    [git('status', '--porcelain') !== '', 'the tree is not clean: commit or remove what `git status` shows'],
    [!heading.test(changelog), `CHANGELOG.md has no heading \`## ${version} - YYYY-MM-DD\``],
    [/^## Unreleased\n+(?!## |$)/m.test(changelog), 'CHANGELOG.md still has something under `## Unreleased`'],
    [locked !== version || packages[''].version !== version, 'package-lock.json has another version: npm install'],
    [tagged && tagged !== git('rev-parse', 'HEAD'), `v${version} is the tag of another commit`],
  ];
  return all.flatMap(([isWrong, says]) => (isWrong ? [says] : []));
}

// ---------------------------------------------------------------- two builds

/** A copy of what git knows of, with the modes that git knows; packages are those of the checkout. */
function copyTo(folder) {
  for (const line of git('ls-files', '--stage').split('\n')) {
    const [, mode, path] = /^(\d{6}) [0-9a-f]+ \d\t(.*)$/.exec(line);
    const copy = join(folder, path);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(path, copy);
    chmodSync(copy, Number.parseInt(mode.slice(-3), 8));
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'dir');
}

function buildIn(work, { name, env }) {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  copyTo(folder);
  return { folder, ...pack(folder, folder, { env }) };
}

/** The files of two tarballs that are not the same. */
function differences(builds) {
  const unpacked = builds.map(({ folder, path }) => {
    const into = join(folder, '.unpacked');
    mkdirSync(into);
    execFileSync('tar', ['-xzf', path, '-C', into]);
    return into;
  });
  const bytes = (folder, name) => sha256(join(folder, 'package', name));
  const [first, second] = builds.map(({ names }) => names);
  const shared = first.filter((name) => second.includes(name));
  const lonely = [...first, ...second].filter((name) => !shared.includes(name));
  return [...lonely, ...shared.filter((name) => bytes(unpacked[0], name) !== bytes(unpacked[1], name))];
}

function assertSame(builds) {
  const [one, two] = builds.map(({ path }) => sha256(path));
  if (one === two) return;
  const names = differences(builds);
  throw new Error(`two builds differ in ${names.length === 0 ? 'the archive alone' : names.join(', ')}`);
}

// ---------------------------------------------------------------- release/

async function writeRelease({ folder, path, filename }) {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET);
  copyFileSync(path, join(TARGET, filename));
  const sbom = filename.replace(/\.tgz$/, '.cdx.json');
  writeFileSync(join(TARGET, sbom), await sbomOf(folder));
  const names = [filename, sbom];
  const sums = names.map((name) => `${sha256(join(TARGET, name))}  ${name}\n`);
  writeFileSync(join(TARGET, 'SHA256SUMS'), sums.join(''));
  return [...names, 'SHA256SUMS'];
}

const leftToDo = (version, filename) => `
left to do by hand:
  on each platform: npm run build:binary, which adds itself to ${TARGET}/SHA256SUMS
  git tag -s v${version} && git push origin v${version}
  in a pipeline with \`id-token: write\`: npm publish ${TARGET}/${filename} --provenance --access public
  put the files of ${TARGET}/ beside the tag; who fetches them checks with: sha256sum -c SHA256SUMS`;

async function release(version) {
  const work = mkdtempSync(join(tmpdir(), 'tokctl-release-'));
  try {
    const builds = PLACES.map((place) => buildIn(work, place));
    assertSame(builds);
    const [build] = builds;
    const names = await writeRelease(build);
    console.log(`two builds gave the same bytes (node ${process.version}, npm ${npm(['--version']).trim()})`);
    console.log(`${build.filename}: ${sizesOf(build)}`);
    for (const name of names) console.log(`${TARGET}/${name}`);
    console.log(leftToDo(version, build.filename));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// Modes in an archive are those of the files.
process.umask(0o022);
const { version } = json('package.json');
const wrong = faults(version);
for (const fault of wrong) console.error(`not ready: ${fault}`);
if (wrong.length > 0 && !process.argv.includes('--rehearse')) process.exitCode = 1;
else
  await release(version).catch((error) => {
    console.error(`no release: ${error.message}`);
    process.exitCode = 1;
  });
