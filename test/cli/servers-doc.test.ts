// Every profile of docs/servers.md is taken by the program as it stands there: schema, values, names, one file of all.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/cli/config-file.ts';
import { checkConfig } from '../../src/cli/config-schema.ts';
import { run } from '../../src/cli/run.ts';
import { fakeHost } from './fake-host.ts';

const TEXT = readFileSync(new URL('../../docs/servers.md', import.meta.url), 'utf8');
const PATH = '/home/ada/.config/tokctl/config.yaml';
const HOME = { HOME: '/home/ada' };

const blocks = [...TEXT.matchAll(/^```yaml\n(.*?)^```$/gms)].map((found) => found[1] ?? '');
const profiles = blocks.flatMap((block) =>
  Object.entries(parse(block).profiles as Record<string, Record<string, unknown>>).map(([name, values]) => ({
    name,
    values,
    block,
  })),
);

/** Sections from their headings to the next one. */
const sections = TEXT.split(/^## /m)
  .slice(1)
  .filter((section) => section.includes('```yaml'));

describe('docs/servers.md', () => {
  it('has profiles for many servers, each name once', () => {
    expect(sections.length).toBeGreaterThanOrEqual(20);
    expect(new Set(profiles.map(({ name }) => name)).size).toBe(profiles.length);
  });

  it.each(profiles)('$name is a whole configuration file', async ({ name, block }) => {
    expect(checkConfig(parse(block))).toHaveProperty('document');
    const { host } = fakeHost({ files: { [PATH]: { content: block, mode: 0o644 } } });
    const config = await loadConfig(PATH, host);
    expect(config.profiles.map((profile) => profile.name)).toEqual([name]);
  });

  it.each(profiles)('$name is resolved by the program', async ({ name, values, block }) => {
    const fake = fakeHost({ env: HOME, files: { [PATH]: block } });
    const exit = await run(['config', 'show', '-p', name, '-o', 'json'], fake.host);
    expect([exit, fake.stderr()]).toEqual([0, '']);
    expect(fake.stdout()).toContain(String(values['issuer']));
  });

  it.each(profiles)('$name names an issuer, a method without guesses, and no secret', ({ values }) => {
    expect(values['issuer']).toMatch(/^https:\/\//);
    if (values['client-secret'] !== undefined) {
      expect(values['client-secret']).toMatch(/^env:[A-Z0-9_]+$/);
      expect(values['client-id']).toBeDefined();
    }
    // Who may not ask must not be sent there; who asks must have something to show.
    const asks = values['mode'] !== 'local';
    const hasCaller = ['client-secret', 'client-key', 'client-auth'].some((option) => values[option] !== undefined);
    expect(asks).toBe(hasCaller);
  });

  it('is one file when they are all put together', async () => {
    const all = `profiles:\n${blocks.map((block) => block.replace(/^profiles:\n/, '')).join('')}`;
    const { host } = fakeHost({ files: { [PATH]: all } });
    expect((await loadConfig(PATH, host)).profiles).toHaveLength(profiles.length);
  });

  it.each(sections.map((section) => [section.split('\n', 1)[0], section]))(
    'says something of %s',
    (_, section = '') => {
      expect(section.match(/^- /gm)?.length ?? 0).toBeGreaterThanOrEqual(1);
    },
  );
});
