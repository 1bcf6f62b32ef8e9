// The reference pages are written from the tables: they hold every name, and are those of today.

import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { OPTIONS, variableOf } from '../../src/cli/options.ts';
import { allExplanations, type WordGroup } from '../../src/explain/explain.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const script = (cwd: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [join(PROJECT, 'scripts/docs.mjs'), '--no-help', ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stderr };
};
const page = (name: string) => readFileSync(join(PROJECT, 'docs/reference', name), 'utf8');

const PAGES: readonly (readonly [page: string, groups: readonly WordGroup[]])[] = [
  ['checks.md', ['check', 'finding', 'outcome']],
  ['errors.md', ['error']],
  ['causes.md', ['cause']],
  ['exit-codes.md', ['exit_code', 'verdict']],
  ['claims.md', ['claim', 'header_member']],
  ['kinds.md', ['kind', 'format']],
  ['weaknesses.md', ['weakness']],
];

describe('docs/reference', () => {
  test('is up to date; else run `npm run docs`', () => {
    expect(script(PROJECT, '--check')).toEqual({ status: 0, stderr: '' });
  });

  test.each(PAGES)('%s holds every %s', (name, groups) => {
    const text = page(name);
    const words = allExplanations().filter(({ group }) => groups.includes(group));
    expect(words.length).toBeGreaterThan(0);
    for (const { word, title } of words) {
      expect(text, word).toContain(`\`${word}\``);
      expect(text, word).toContain(title.replaceAll('|', '\\|'));
    }
  });

  test('the pages hold every group', () => {
    const groups = new Set(allExplanations().map(({ group }) => group));
    expect(new Set(PAGES.flatMap(([, of]) => of))).toEqual(groups);
  });

  test.each(OPTIONS.map((option) => [option.name, option] as const))('options.md tells of --%s', (name, option) => {
    const lines = page('options.md').split('\n');
    const line = lines.find((one) => new RegExp(`^\\| \`(-[a-z], )?--${name}[ \`]`).test(one)) ?? '';
    expect(line).toContain(option.help);
    const variable = `\`${variableOf(name)}\``;
    expect(line.includes(variable)).toBe(option.inEnvironment !== false);
    expect(line.includes(`| \`${name}\` |`)).toBe(option.inProfile !== false);
    for (const part of [option.default, ...(option.choices ?? [])]) if (part) expect(line).toContain(`\`${part}\``);
    if (option.short) expect(line).toContain(`\`-${option.short}, --${name}`);
  });
});

describe('scripts/docs.mjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokctl-docs-'));
  const reference = join(folder, 'docs/reference');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('writes what is missing and names what is out of date', () => {
    const missing = script(folder, '--check');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('docs/reference/causes.md is not up to date');

    expect(script(folder).status).toBe(0);
    expect(readdirSync(reference).sort()).toEqual([...PAGES.map(([name]) => name), 'options.md'].sort());
    expect(script(folder, '--check')).toEqual({ status: 0, stderr: '' });

    appendFileSync(join(reference, 'kinds.md'), 'by hand\n');
    const changed = script(folder, '--check');
    expect(changed).toEqual({
      status: 1,
      stderr: 'docs/reference/kinds.md is not up to date\nhint: npm run docs\n',
    });
    expect(readFileSync(join(reference, 'kinds.md'), 'utf8')).toMatch(/by hand\n$/);
    expect(script(folder)).toEqual({ status: 0, stderr: 'docs/reference/kinds.md written\n' });
  });

  test('names a page that nothing writes any more', () => {
    const stray = join(reference, 'old.md');
    writeFileSync(stray, 'old\n');
    const { status, stderr } = script(folder, '--check');
    expect(status).toBe(1);
    expect(stderr).toContain('docs/reference/old.md is not written by scripts/docs.mjs');
    rmSync(stray);
  });
});
