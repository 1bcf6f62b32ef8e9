// The files of docs/ci and the action: they can be read, the example holds for the program, and no flag in them is invented.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadChecks } from '../../src/cli/check/file.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { optionsOf } from '../../src/cli/words.ts';
import { fakeHost } from '../cli/fake-host.ts';

const project = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, project), 'utf8');
const FILES = [...readdirSync(new URL('docs/ci', project)).map((name) => `docs/ci/${name}`), 'action.yml'];
const { version } = JSON.parse(read('package.json'));

const command = COMMANDS.find(({ name }) => name === 'check');
if (command === undefined) throw new Error('there is no command `check`');
const FLAGS = new Set(optionsOf(command).flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]));

describe('docs/ci', () => {
  it.each(FILES.filter((path) => /\.ya?ml$/.test(path)))('%s is YAML', (path) => {
    expect(parse(read(path))).toBeTypeOf('object');
  });

  it('has an example of every kind of check, which the program takes', async () => {
    const { checks } = await loadChecks(
      'tokctl.yaml',
      fakeHost({ files: { 'tokctl.yaml': read('docs/ci/tokctl.yaml') } }).host,
    );
    expect(new Set(checks.map(({ subject }) => subject))).toEqual(new Set(['token', 'issuer', 'resource']));
  });

  it.each(FILES)('%s uses flags that there are', (path) => {
    const commands = read(path).match(/tokctl(?:@[\w."$]+)? check[^\n`]*(?:\\\n[^\n]*)*/g) ?? [];
    const used = commands.flatMap((line) => line.match(/(?<= )--?[a-z][a-z-]*/g) ?? []);
    expect(used.filter((flag) => !FLAGS.has(flag))).toEqual([]);
  });

  it.each([...FILES, 'README.md'])('%s names the version of this package', (path) => {
    const named = [...read(path).matchAll(/tokctl@(?:v)?(\d[\w.]*)/g)].map(([, found]) => found);
    expect(named).toEqual(named.map(() => version));
  });

  it('has Prometheus probe checks that the example has', () => {
    const [, probes] = parse(read('docs/ci/prometheus.yml')).scrape_configs;
    const names = Object.keys(parse(read('docs/ci/tokctl.yaml')).checks);
    const [{ targets }] = probes.static_configs;
    expect(targets.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(targets));
  });

  it('tells of every option of the group `check`', () => {
    const text = read('docs/ci/README.md') + read('docs/ci/tokctl.yaml');
    const names = OPTIONS.filter(({ group }) => group === 'check').map(({ name }) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe('the action', () => {
  const action = parse(read('action.yml'));

  it('runs this version', () => {
    expect(action.inputs.version.default).toBe(version);
  });

  it('gives no input to the shell as text of the script', () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
  });

  it('uses flags that there are', () => {
    const used = action.runs.steps[0].run.match(/(?<=[ (])--[a-z][a-z-]+/g) as string[];
    expect(used.filter((flag) => flag !== '--yes' && !FLAGS.has(flag))).toEqual([]);
    expect(used).toContain('--report');
  });
});
