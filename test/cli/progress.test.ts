// Progress is for a person at a terminal, and never in the way of the results.

import { afterEach, describe, expect, test } from 'vitest';
import { type Progress, startProgress } from '../../src/cli/batch/progress.ts';
import { Tally } from '../../src/cli/batch/summary.ts';
import type { Host } from '../../src/cli/host.ts';
import { run } from '../../src/cli/run.ts';
import { Settings } from '../../src/cli/settings.ts';
import type { Description, Report } from '../../src/core/report.ts';
import { type FakeHostOptions, fakeHost } from './fake-host.ts';

const CLEAR_LINE = '\r\u001b[K';

/** A machine where results go to a file and stderr is the terminal. */
function watched(options: FakeHostOptions = {}, { stdoutTTY = false, stderrTTY = true } = {}) {
  const { host, stdout, stderr } = fakeHost({ files: { 'tokens.txt': 'a\nb\n\nc\n' }, ...options });
  const changed: Host = {
    ...host,
    stdout: { ...host.stdout, isTTY: stdoutTTY },
    stderr: { ...host.stderr, isTTY: stderrTTY, columns: 80 },
  };
  return { host: changed, stdout, stderr };
}

const settingsOf = (values: Record<string, string | true>): Settings =>
  new Settings(new Map(Object.entries(values).map(([name, value]) => [name, { value, origin: 'flag' }])));

let started: Progress | undefined;
afterEach(() => started?.stop());

async function start(host: Host, values: Record<string, string | true>): Promise<Progress> {
  started = await startProgress({ host, settings: settingsOf(values) });
  return started;
}

/** The lines of the file were counted when everything that needs no event from outside has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a progress bar', () => {
  test.each([
    ['stderr is no terminal', { stderrTTY: false }, {}],
    ['the results go to the terminal', { stdoutTTY: true }, {}],
    ['nothing is to be said', {}, { quiet: true as const }],
  ])('is not shown where %s', async (_, streams, more) => {
    const { host, stderr } = watched({}, streams);
    const progress = await start(host, { from: 'tokens.txt', ...more });
    progress.update(1, () => '1 active');
    progress.stop();
    await progress.stderr.write('said\n');
    expect(stderr()).toBe('said\n');
  });

  test('shows how many of the lines of a file are done', async () => {
    const { host, stderr } = watched();
    const progress = await start(host, { from: 'tokens.txt' });
    await settled();
    progress.update(1, () => '1 active, 0 inactive, 0 unknown');
    progress.stop();
    expect(stderr()).toContain('████████░░░░░░░░░░░░░░░░ 33%  1/3  1 active, 0 inactive, 0 unknown');
  });

  test('counts the lines of its share', async () => {
    const { host, stderr } = watched({
      files: { 'tokens.txt': Array.from({ length: 40 }, (_, at) => `t-${at}`).join('\n') },
    });
    const progress = await start(host, { from: 'tokens.txt', shard: '1/4' });
    await settled();
    progress.update(1, () => '');
    progress.stop();
    const total = Number(/1\/(\d+)/.exec(stderr())?.[1]);
    expect(total).toBeGreaterThan(1);
    expect(total).toBeLessThan(25);
  });

  test.each([
    ['a pipe', '-'],
    ['what is no file', 'missing.txt'],
  ])('of %s shows what is done, without a bar', async (_, from) => {
    const { host, stderr } = watched({ stdin: 'a\nb\n' });
    const progress = await start(host, { from });
    await settled();
    progress.update(2, () => '2 active');
    progress.stop();
    expect(stderr()).toContain('2 done  2 active');
    expect(stderr()).not.toContain('%');
  });

  test('gives way to what is said, and leaves nothing behind', async () => {
    const { host, stderr } = watched();
    const progress = await start(host, { from: 'tokens.txt' });
    await progress.stderr.write('error: something\n');
    expect(stderr()).toContain(`${CLEAR_LINE}error: something\n`);
    progress.stop();
    // The line is cleared, wrapping is on again, and no cursor is hidden.
    const last = stderr().slice(stderr().lastIndexOf('done'));
    expect(last).toMatch(/\u001b\[2K|\u001b\[0?K/);
    expect(stderr().lastIndexOf('\u001b[?7h')).toBeGreaterThan(stderr().lastIndexOf('\u001b[?7l'));
    expect(stderr()).not.toContain('\u001b[?25l');
  });

  test('stands on stderr alone while a batch runs', async () => {
    const { host, stdout, stderr } = watched();
    expect(await run(['decode', '--from', 'tokens.txt', '--select', 'token.format'], host)).toBe(0);
    expect(stdout()).toBe('opaque\nopaque\nopaque\n');
    expect(stderr()).toContain('3 read, 0 damaged');
    expect(stderr().endsWith('3 read, 0 damaged in 0.0 s\n')).toBe(true);
  });

  test('is gone when the batch fails', async () => {
    const { host, stderr } = watched({ files: {} });
    expect(await run(['decode', '--from', 'tokens.txt'], host)).toBe(2);
    expect(stderr().lastIndexOf('\u001b[?7h')).toBeLessThan(stderr().indexOf('error: expected a readable file'));
    expect(stderr().lastIndexOf('\u001b[?7h')).toBeGreaterThan(0);
  });
});

describe('the summary', () => {
  const verdict = (verdict: Report['verdict'], exit_code: 0 | 1 | 2 | 3): Report => ({
    schema: 'tokctl.report/1',
    verdict,
    active: verdict === 'active',
    exit_code,
    checks: [],
    causes: [],
    weakened: [],
  });

  test('counts verdicts', () => {
    const tally = new Tally(true);
    for (const report of [verdict('active', 0), verdict('inactive', 1), verdict('unknown', 3), verdict('active', 0)])
      tally.add(report);
    expect(tally.line(1_249)).toBe('2 active, 1 inactive, 1 unknown in 1.2 s');
    expect(tally.line(125_000)).toBe('2 active, 1 inactive, 1 unknown in 2 min 5 s');
    expect([tally.size, tally.exitCode]).toEqual([4, 3]);
  });

  test('of what has no verdicts counts what could be read', () => {
    const tally = new Tally(false);
    const description: Description = { schema: 'tokctl.report/1', exit_code: 0, checks: [] };
    for (const report of [description, { ...description, exit_code: 1 as const }, verdict('unknown', 2)])
      tally.add(report);
    expect(tally.line(0)).toBe('1 read, 2 damaged in 0.0 s');
    expect(tally.exitCode).toBe(2);
  });
});
