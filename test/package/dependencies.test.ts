// What is bundled is named, with its reason, in docs/dependencies.md; and nothing of it runs when it is installed.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProject, PROJECT, type ProjectCopy } from './project-copy.ts';

let copy: ProjectCopy;
let bundled: string[];
beforeAll(async () => {
  copy = await buildProject();
  const { inputs } = JSON.parse(readFileSync(copy.path('dist/metafile.json'), 'utf8')) as { inputs: object };
  const names = Object.keys(inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  bundled = [...new Set(names.filter((name) => name !== undefined))].sort();
});
afterAll(() => copy.remove());

const page = readFileSync(join(PROJECT, 'docs/dependencies.md'), 'utf8');

test('each bundled package is named', () => {
  expect(bundled).toContain('undici');
  expect(bundled.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('each named package is bundled', () => {
  const [tables = ''] = page.split('## Looked at').map((text) => text.slice(text.indexOf('## The program')));
  const rows = [...tables.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(rows.length).toBeGreaterThan(8);
  expect(rows.filter((name) => !bundled.includes(name ?? ''))).toEqual([]);
});

test('none of them has an install script', () => {
  const having = bundled.filter((name) => {
    const path = join(PROJECT, 'node_modules', name, 'package.json');
    const { scripts = {} } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    return ['preinstall', 'install', 'postinstall'].some((script) => Object.hasOwn(scripts, script));
  });
  expect(having).toEqual([]);
});

test('the package itself has none, and no dependencies', () => {
  const { scripts, dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  expect(['preinstall', 'install', 'postinstall'].filter((script) => Object.hasOwn(scripts, script))).toEqual([]);
  expect(dependencies).toBeUndefined();
});
