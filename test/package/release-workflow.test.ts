// What publishes: nothing but a tag begins it, it may do nothing but read and prove who it is, and what it runs is pinned.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

const text = readFileSync('.github/workflows/release.yml', 'utf8');
const workflow = parse(text);
const steps: Step[] = workflow.jobs.release.steps;
const runs = steps.flatMap(({ run = [] }) => run);

test('only a tag of a version begins it', () => {
  expect(workflow.on).toEqual({ push: { tags: ['v*'] } });
  expect(runs[0]).toContain(`"v$(node -p "require('./package.json').version")"`);
});

test('it may do nothing but read, and prove who it is; it holds no secret', () => {
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.release.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|GITHUB_TOKEN/);
  expect(steps[0]?.with).toEqual({ 'persist-credentials': false });
});

test('what it runs is pinned, and installs run no scripts', () => {
  const used = steps.flatMap(({ uses = [] }) => uses);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((one) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(one))).toEqual([]);
  expect(runs.filter((run) => /npm (?:ci|install|publish)/.test(run) && !run.includes('--ignore-scripts'))).toEqual([]);
});

test('it publishes what the release script made, with provenance, after the tests', () => {
  const publish = runs.at(-1) ?? '';
  expect(publish).toMatch(/^npm publish \.\/release\/\*\.tgz --provenance /);
  expect(runs.indexOf('npm test')).toBeLessThan(runs.indexOf('node scripts/release.mjs'));
  expect(runs.indexOf('node scripts/release.mjs')).toBe(runs.length - 2);
});
