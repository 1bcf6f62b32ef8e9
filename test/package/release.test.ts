// The release: what is not ready is refused, two builds give the same bytes, and what is in the package is in its SBOM.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject, type ProjectCopy } from './project-copy.ts';

const execute = promisify(execFile);

let copy: ProjectCopy;
let version: string;
beforeAll(async () => {
  copy = await copyProject();
  ({ version } = JSON.parse(await readFile(copy.path('package.json'), 'utf8')));
  await writeFile(copy.path('.gitignore'), 'node_modules\ndist/\nrelease/\n');
  await git('init', '--quiet');
  await commit();
});
afterAll(() => copy.remove());

const git = (...args: string[]) =>
  execute('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], {
    cwd: copy.folder,
  });

async function commit(): Promise<void> {
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'a commit');
}

interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

const release = (...args: string[]): Promise<Ending> =>
  execute(process.execPath, ['scripts/release.mjs', ...args], { cwd: copy.folder }).then(
    (done) => ({ code: 0, ...done }),
    (failed: Ending) => failed,
  );

const released = (): Promise<string[]> => readdir(copy.path('release')).catch(() => []);

/** A changelog that is ready for this version. */
const READY = () => `# Changelog\n\n## ${version} - 2027-01-31\n\n- the first\n`;

describe('what is not ready', () => {
  test('is refused, each with its reason, and nothing is made', async () => {
    await writeFile(copy.path('CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n- something\n');
    await git('commit', '--quiet', '--all', '--message', 'unreleased');
    await git('tag', `v${version}`);
    await commit();
    await writeFile(copy.path('left-behind.txt'), 'x');
    const { code, stdout, stderr } = await release();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'not ready: the tree is not clean: commit or remove what `git status` shows',
      `not ready: CHANGELOG.md has no heading \`## ${version} - YYYY-MM-DD\``,
      'not ready: CHANGELOG.md still has something under `## Unreleased`',
      `not ready: v${version} is the tag of another commit`,
    ]);
    expect(await released()).toEqual([]);
    await git('tag', '--delete', `v${version}`);
    await rm(copy.path('left-behind.txt'));
  });
});

describe('a release', () => {
  let ending: Ending;
  const read = (name: string) => readFile(copy.path('release', name));
  beforeAll(async () => {
    await writeFile(copy.path('CHANGELOG.md'), READY());
    await commit();
    ending = await release();
  }, 120_000);

  test('is made of two builds with the same bytes, and ends with what is left to do', () => {
    expect([ending.code, ending.stderr]).toEqual([0, '']);
    expect(ending.stdout).toContain('two builds gave the same bytes');
    expect(ending.stdout).toContain(`npm publish release/tokctl-${version}.tgz --provenance`);
  });

  test('has checksums of what is in it', async () => {
    const names = [`tokctl-${version}.cdx.json`, `tokctl-${version}.tgz`];
    expect((await released()).sort()).toEqual(['SHA256SUMS', ...names]);
    const sums = String(await read('SHA256SUMS'))
      .trimEnd()
      .split('\n')
      .sort();
    const true_ = names.map(
      async (name) =>
        `${createHash('sha256')
          .update(await read(name))
          .digest('hex')}  ${name}`,
    );
    expect(sums).toEqual((await Promise.all(true_)).sort());
  });

  test('has an SBOM of all that is bundled, and of nothing else', async () => {
    const bom = JSON.parse(String(await read(`tokctl-${version}.cdx.json`)));
    expect(bom.metadata.component).toMatchObject({ name: 'tokctl', version, purl: `pkg:npm/tokctl@${version}` });
    const { stdout } = await execute(
      'tar',
      ['-xzOf', `release/tokctl-${version}.tgz`, 'package/dist/THIRD_PARTY_LICENSES.txt'],
      {
        cwd: copy.folder,
        maxBuffer: 1e8,
      },
    );
    const licensed = [...stdout.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\S+) \(.*\)$/gm)].map(
      ([, name, number]) => `${name} ${number}`,
    );
    const listed = bom.components.map((one: Record<string, string>) =>
      [[one['group'], one['name']].filter(Boolean).join('/'), one['version']].join(' '),
    );
    expect(listed.sort()).toEqual(licensed.sort());
    for (const { hashes, licenses, purl } of bom.components) {
      expect(purl).toMatch(/^pkg:npm\//);
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
      expect(licenses.length).toBeGreaterThan(0);
    }
  });

  test('has an SBOM that says who imports whom', async () => {
    const bom = JSON.parse(String(await read(`tokctl-${version}.cdx.json`)));
    const of = (name: string): string[] =>
      bom.dependencies
        .find(({ ref }: { ref: string }) => ref.startsWith(`pkg:npm/${name}@`))
        .dependsOn.map((ref: string) => decodeURIComponent(/^pkg:npm\/(.*)@/.exec(ref)?.[1] ?? ''));
    const { devDependencies } = JSON.parse(await readFile(copy.path('package.json'), 'utf8'));
    expect(of('tokctl')).toEqual(expect.arrayContaining(['jose', 'commander', 'undici', 'zod', 'oidc-provider']));
    // What tokctl imports itself is in its package.json.
    expect(of('tokctl').filter((name) => !Object.hasOwn(devDependencies, name))).toEqual([]);
    expect(of('oidc-provider')).toContain('koa');
  });
});

test('a build that differs from place to place is no release, and says where', { timeout: 120_000 }, async () => {
  await appendFile(
    copy.path('scripts/build.mjs'),
    "write('dist/cli/planted.cjs', JSON.stringify([process.cwd(), Date.now()]));\n",
  );
  await commit();
  await rm(copy.path('release'), { recursive: true, force: true });
  expect(await release()).toMatchObject({ code: 1, stderr: 'no release: two builds differ in dist/cli/planted.cjs\n' });
  expect(await released()).toEqual([]);
});
