import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { github } from '../../../src/cli/render/github.ts';
import { hostileReport } from './hostile.ts';
import { ACTIVE, EXPIRED, SURFACE, UNKNOWN } from './reports.ts';
import { commandOf } from './workflow-command.ts';

const lines = (text: string): string[] => {
  const all = text.split('\n');
  expect(all.pop()).toBe('');
  return all;
};

describe('github', () => {
  it('is a notice for the verdict and an annotation for each check that did not pass', () => {
    expect(github({ ...EXPIRED, id: 'prod' }, SURFACE)).toBe(
      [
        '::notice title=tokctl verify prod::✗ inactive - expired 1 h ago, verified locally; expired: exp lies 1 h before now; next: get a new one: tokctl token',
        '::error title=tokctl verify prod%3A expiry::expired 1 h ago (expected after 2026-11-21 00:00:00Z, got 2026-11-20 23:00:00Z; RFC 7519 §4.1.4)',
        '::warning title=tokctl verify prod%3A issued_at::issued 1 min in the future: a clock is off (expected at or before 2026-11-21 00:00:00Z, got 2026-11-21 00:01:00Z; RFC 7519 §4.1.6)',
        '',
      ].join('\n'),
    );
  });

  it('has no error for an active token, and one for no answer', () => {
    expect(lines(github(ACTIVE, SURFACE)).map((line) => commandOf(line)?.name)).toEqual(['notice', 'warning']);
    const [, error] = lines(github(UNKNOWN, SURFACE)).map(commandOf);
    expect(error).toEqual({
      name: 'error',
      properties: { title: 'tokctl verify: ERR_HTTP_STATUS' },
      data: 'expected status 200 from `https://id.example.com/introspect`, got 503; try again later',
    });
  });

  it('cuts a long value and says by how much', () => {
    const check = { name: 'claim:a', outcome: 'failed', because: 'another', actual: 'x'.repeat(1000) } as const;
    const [, error] = lines(github({ ...ACTIVE, checks: [check] }, SURFACE));
    expect(error).toContain(`${'x'.repeat(300)}… (700 more)`);
    expect(error).not.toContain('x'.repeat(301));
  });

  it('gives a runner its own commands and no other, whatever the report holds', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const commands = lines(github(report, SURFACE)).map(commandOf);
        const wanted = (outcome: string) => report.checks.filter((check) => check.outcome === outcome).length;
        const found = (name: string) => commands.filter((command) => command?.name === name).length;
        expect(found('error')).toBe(wanted('failed') + (report.error === undefined ? 0 : 1));
        expect(found('warning')).toBe(wanted('warned'));
        expect(found('notice')).toBe(1);
        expect(commands).toHaveLength(found('error') + found('warning') + 1);
        for (const command of commands) expect(Object.keys(command?.properties ?? {})).toEqual(['title']);
      }),
    );
  });
});
