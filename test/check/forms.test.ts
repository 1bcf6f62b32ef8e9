// The forms of a run of checks: fixed results in, text out; and what comes from outside stays text in each of them.

import { describe, expect, it } from 'vitest';
import { RUN_FORMS, runRendererOf } from '../../src/cli/render/check-run-forms.ts';
import { nagiosExitCode } from '../../src/cli/render/check-run-nagios.ts';
import { ALL, FAILED, result, runOf, UNKNOWN, WARNED } from './runs.ts';

const render = async (form: string, run = ALL, width?: number, color = false) =>
  (await runRendererOf(form))(run, { width, color });

describe('table', () => {
  it('has what failed first, and why', async () => {
    expect(await render('table')).toBe(`✗ 1 of 4 checks failed, 1 without an answer, 1 with a warning

  ✗ wrong-audience  the token is meant for somebody else
                    audience: aud does not name this audience (expected api, got web; RFC 7519 §4.1.3)
                    next: correct --audience
  ? no-answer       expected an answer, got none
                    ERR_TIMEOUT
                    next: allow more time: \`--timeout 30s\`
  ! soon            it expires soon
                    remaining: expected at least 1 h, got 42 min
                    weakened: insecure_tls
  ✓ good            active, 42 min left
`);
  });

  it.each([
    [[result({}), result({ name: 'b' })], '✓ 2 checks passed'],
    [[result({})], '✓ 1 check passed'],
    [[WARNED, result({})], '! 2 checks passed, 1 with a warning'],
    [[UNKNOWN], '? 1 of 1 check without an answer'],
  ])('says it all in its first line', async (results, line) => {
    expect((await render('table', runOf(results))).split('\n')[0]).toBe(line);
  });

  it('wraps in a narrow terminal and cuts nothing', async () => {
    const text = await render('table', ALL, 50);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50);
    expect(text.replace(/\s+/g, ' ')).toContain('audience: aud does not name this audience (expected api, got web');
  });

  it('is the same without its colours', async () => {
    const colored = await render('table', ALL, undefined, true);
    expect(colored).toContain('\u001b[');
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(await render('table'));
  });
});

describe('json and ndjson', () => {
  it('are the run and its results', async () => {
    expect(JSON.parse(await render('json'))).toEqual(JSON.parse(JSON.stringify(ALL)));
    const lines = (await render('ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).name)).toEqual(['good', 'soon', 'no-answer', 'wrong-audience']);
  });
});

describe('junit', () => {
  it('has a case for each check', async () => {
    const text = (await render('junit')).replace(/^ +/gm, '');
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="tokctl check" package="tokctl" id="0" timestamp="2026-11-21T00:18:00" hostname="localhost" tests="4" failures="1" errors="1" skipped="0" time="1.234">
<properties/>
<testcase name="good" classname="tokctl.check.token" time="0.013"/>
<testcase name="soon" classname="tokctl.check.token" time="0.001"/>
<testcase name="no-answer" classname="tokctl.check.issuer" time="10.000">
<error message="expected an answer, got none" type="ERR_TIMEOUT">ERR_TIMEOUT
next: allow more time: \`--timeout 30s\`</error>
</testcase>
<testcase name="wrong-audience" classname="tokctl.check.token" time="0.013">
<failure message="the token is meant for somebody else" type="audience">audience: aud does not name this audience (expected api, got web; RFC 7519 §4.1.3)
next: correct --audience</failure>
</testcase>
<system-out>warned soon: it expires soon</system-out>
<system-err/>
</testsuite>
</testsuites>
`);
  });
});

describe('github', () => {
  it('annotates the line of the check', async () => {
    expect((await render('github')).split('\n')).toEqual([
      '::error file=ci/tokctl.yaml,line=7,col=3,title=tokctl check wrong-audience::the token is meant for somebody else; audience: aud does not name this audience (expected api, got web; RFC 7519 §4.1.3); next: correct --audience',
      '::error title=tokctl check no-answer::expected an answer, got none; ERR_TIMEOUT; next: allow more time: `--timeout 30s`',
      '::warning title=tokctl check soon::it expires soon; remaining: expected at least 1 h, got 42 min',
      '::notice title=tokctl check::1 of 4 checks failed, 1 without an answer, 1 with a warning',
      '',
    ]);
  });

  it('lets no file name say more', async () => {
    const place = { file: 'a,line=1::b%\n.yaml', line: 2, column: 3 };
    const [line = ''] = (await render('github', runOf([{ ...FAILED, place }]))).split('\n');
    expect(line.startsWith('::error file=a%2Cline=1%3A%3Ab%25\\u{a}.yaml,line=2,col=3,title=')).toBe(true);
  });
});

describe('markdown', () => {
  it('has the reasons, then all checks', async () => {
    const text = await render('markdown');
    expect(text.split('\n')[0]).toBe('## tokctl check: 1 of 4 checks failed, 1 without an answer, 1 with a warning');
    expect(text).toContain('- **wrong-audience**: the token is meant for somebody else\n');
    expect(text).toContain('| ✗ | `wrong-audience` | token | the token is meant for somebody else |');
    expect(text).toContain('| ✓ | `good` | token | active, 42 min left | 2026-11-21T01:00:00Z | 12.5 ms |');
  });

  it('has an end', async () => {
    const many = Array.from({ length: 600 }, (_, n) => result({ name: `c${n}` }));
    const text = await render('markdown', runOf(many));
    expect(text).toContain('`c499`');
    expect(text).not.toContain('`c500`');
    expect(text).toContain('\nand 100 more\n');
  });
});

describe('nagios', () => {
  it('is one line with performance data', async () => {
    expect(await render('nagios')).toBe(
      'TOKCTL UNKNOWN - 1 of 4 checks failed, 1 without an answer, 1 with a warning; wrong-audience: the token is meant for somebody else; no-answer: expected an answer, got none; soon: it expires soon | failed=1;;;0 unknown=1;;;0 warned=1;;;0 good_ttl=2520s soon_ttl=2520s;3600:;600: soon_introspection=5.25ms;;;0 wrong_audience_ttl=2520s\n',
    );
  });

  it.each([
    [0, [result({})], 0, 'OK'],
    [0, [WARNED], 1, 'WARNING'],
    [1, [FAILED], 2, 'CRITICAL'],
    [2, [UNKNOWN], 3, 'UNKNOWN'],
    [3, [UNKNOWN], 3, 'UNKNOWN'],
    [70, [UNKNOWN], 3, 'UNKNOWN'],
  ] as const)('makes of %i what a monitor expects', async (code, results, exit, state) => {
    const run = runOf([...results], code);
    expect(nagiosExitCode(code, run)).toBe(exit);
    expect(await render('nagios', run)).toMatch(new RegExp(`^TOKCTL ${state} - `));
  });

  it('has a label for each check', async () => {
    const text = await render('nagios', runOf([result({ name: 'a-b' }), result({ name: 'a.b' })]));
    expect(text).toContain('a_b_ttl=2520s a_b_2_ttl=2520s');
  });
});

describe('openmetrics', () => {
  it('has the promised names', async () => {
    const text = await render('openmetrics');
    expect(text).toContain('tokctl_check_success{check="good",subject="token"} 1\n');
    expect(text).toContain('tokctl_check_success{check="wrong-audience",subject="token"} 0\n');
    expect(text).toContain('tokctl_check_warning{check="soon",subject="token"} 1\n');
    expect(text).toContain('tokctl_check_exit_code{check="no-answer",subject="issuer"} 3\n');
    expect(text).toContain('tokctl_check_duration_seconds{check="good",subject="token"} 0.0125\n');
    expect(text).toContain('tokctl_token_expiry_timestamp_seconds{check="good",subject="token"} 1795222800\n');
    expect(text).toContain('tokctl_introspection_latency_seconds{check="soon",subject="token"} 0.00525\n');
    expect(text).toContain('tokctl_request_latency_max_seconds{check="no-answer",subject="issuer"} 0.003\n');
    expect(text).toContain('tokctl_jwks_keys{check="no-answer",subject="issuer"} 2\n');
    expect(text).toContain(
      'tokctl_certificate_expiry_timestamp_seconds{check="no-answer",subject="issuer"} 1798761600\n',
    );
    expect(text).toContain('tokctl_last_run_timestamp_seconds 1795220280\n');
  });

  it('is valid in the older format too: gauges only, each family once, in one piece', async () => {
    const lines = (await render('openmetrics')).trimEnd().split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    const types = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' '));
    expect(types.map(([, , , type]) => type)).toEqual(types.map(() => 'gauge'));
    const names = types.map(([, , name]) => name);
    expect(new Set(names).size).toBe(names.length);
    const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(/[{ ]/)[0]);
    expect(samples.filter((name, index) => name !== samples[index - 1])).toEqual(names);
  });
});

describe('text from outside', () => {
  const HOSTILE = 'a\n::error::x\r]]></failure>|<b>`[x](y)`"\u001b[31m\u202e% \u0000';
  const hostile = runOf([
    {
      ...FAILED,
      because: HOSTILE,
      next: HOSTILE,
      checks: [{ name: 'audience', outcome: 'failed', actual: HOSTILE, because: HOSTILE }],
    },
  ]);

  it.each(RUN_FORMS.filter((form) => form !== 'json' && form !== 'ndjson'))('stays text in %s', async (form) => {
    const text = await render(form, hostile);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).not.toMatch(/^::error::x/m);
    if (form === 'junit' || form === 'markdown') expect(text).not.toMatch(/<b>|\]\]>/);
    if (form === 'nagios') expect(text.match(/\|/g)).toHaveLength(1);
  });

  it.each(['json', 'ndjson'])('is escaped in %s and comes back as it was', async (form) => {
    const text = await render(form, hostile);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const read = JSON.parse(text);
    expect((read.results?.[0] ?? read).because).toBe(HOSTILE);
  });
});
