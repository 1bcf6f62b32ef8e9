// Checks of tokens: where they come from, what is expected of them, and the exit code, against the playground and servers
// that follow a script.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Playground } from '../../src/demo/playground.ts';
import { playgroundForTest } from '../demo/asking.ts';
import { json, silence, status } from '../servers/answers.ts';
import { scriptedServer } from '../servers/scripted-server.ts';
import { gate, gateJson, outcomes } from './gate.ts';

let playground: Playground;
let issuer: string;
beforeAll(async () => {
  playground = await playgroundForTest();
  issuer = playground.facts.issuer;
});
afterAll(() => playground.close());

const profile = () => `
profiles:
  demo:
    issuer: ${issuer}
    client-id: test-client
    client-secret: env:DEMO_SECRET
default-profile: demo
`;

/** One check called `it`, with these lines. */
const it_ = (...lines: string[]) => `${profile()}checks:\n  it:\n${lines.map((line) => `    ${line}\n`).join('')}`;

const env = () => ({
  DEMO_SECRET: 'test-secret',
  ...Object.fromEntries(Object.entries(playground.facts.tokens).map(([name, value]) => [`T_${name}`, value])),
});

const ask = (yaml: string, words: string[] = [], more: Record<string, string> = {}) =>
  gateJson(words, { yaml, network: true, env: { ...env(), ...more } });

describe('the cause of a token of another environment', () => {
  const other = 'https://id.prod.example.com';
  const claims = { iss: other, sub: 'a', exp: 4_000_000_000 };
  const jwt = [{ alg: 'RS256', kid: 'k' }, claims, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const causes = async (yaml: string, files: Record<string, string> = {}): Promise<string> => {
    const { results } = await gateJson([], { yaml, network: true, env: { ...env(), HOME: '/home/me', T: jwt }, files });
    return JSON.stringify(results['it']?.causes);
  };

  it('names the profile of tokctl.yaml that it is of', async () => {
    const yaml = it_('token: env:T').replace('profiles:\n', `profiles:\n  production: { issuer: '${other}' }\n`);
    expect(await causes(yaml)).toContain('production');
    expect(await causes(it_('token: env:T'))).not.toContain('production');
  });

  it('names the profile of the user that it is of', async () => {
    const config = `profiles:\n  production: { issuer: '${other}' }\n`;
    expect(await causes(it_('token: env:T'), { '/home/me/.config/tokctl/config.yaml': config })).toContain(
      'production',
    );
  });
});

describe('where the token comes from', () => {
  it('a variable', async () => {
    const { exit, results } = await ask(it_('token: env:T_active_jwt', `audience: ${issuer}/api`));
    expect([exit, results['it']?.outcome, results['it']?.issuer]).toEqual([0, 'passed', issuer]);
    expect(results['it']?.token).toMatchObject({ format: 'jws', kind: 'access_token' });
  });

  it('a file, whatever surrounds the token in it', async () => {
    const { results } = await gateJson([], {
      yaml: it_('token: file:token.json'),
      network: true,
      env: env(),
      files: { 'token.json': JSON.stringify({ access_token: playground.facts.tokens.active_opaque, id_token: 'x' }) },
    });
    expect(results['it']?.outcome).toBe('passed');
  });

  it('a grant, which asks for the scope that is expected', async () => {
    const { results, stdout } = await ask(it_('token: client_credentials', 'scope: profile'));
    expect(results['it']?.outcome).toBe('passed');
    expect(outcomes(results['it'] as never)).toContain('scope passed');
    expect(stdout).not.toContain('test-secret');
  });

  it('a grant for other scopes', async () => {
    const { results } = await ask(it_('token: client_credentials', 'scope: profile', 'bearer-scope: email'));
    expect(results['it']?.because).toBe('not granted: profile');
    expect(results['it']?.outcome).toBe('failed');
  });

  it('the ID token of a GitHub Actions job, for the audience that is expected', async () => {
    const token = playground.facts.tokens.active_jwt;
    const server = await scriptedServer([json({ count: 1, value: token })]);
    const { results, stdout, stderr } = await ask(it_('token: github', `audience: ${issuer}/api`), [], {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/idtoken?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-job',
    });
    const [asked] = server.received;
    expect(asked?.target).toBe(`/idtoken?api-version=2.0&audience=${encodeURIComponent(`${issuer}/api`)}`);
    expect(asked?.headers.get('authorization')).toBe('Bearer request-token-of-the-job');
    expect(results['it']?.outcome).toBe('passed');
    expect(stdout + stderr).not.toContain('request-token-of-the-job');
  });

  it('the same for an audience of its own', async () => {
    const server = await scriptedServer([json({ value: playground.facts.tokens.active_jwt })]);
    await ask(it_('token: github:sts.example.com'), [], {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/idtoken`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-job',
    });
    expect(server.received[0]?.target).toBe('/idtoken?audience=sts.example.com');
  });

  it.each([
    ['refuses', status(403), 3, 'ERR_CLIENT_AUTHENTICATION'],
    ['gives no value', json({ count: 0 }), 3, 'ERR_RESPONSE_INVALID'],
  ])('a GitHub that %s', async (_, answer, exit, code) => {
    const server = await scriptedServer([answer]);
    const done = await ask(it_('token: github'), [], {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/idtoken`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-job',
    });
    expect([done.exit, done.results['it']?.error?.code]).toEqual([exit, code]);
  });

  it('no GitHub at all', async () => {
    const { exit, results } = await ask(it_('token: github'));
    expect([exit, results['it']?.error?.code, results['it']?.next]).toEqual([
      2,
      'ERR_TOKEN_MISSING',
      'give the job `permissions: id-token: write`',
    ]);
  });

  it('the ID token of a GitLab job, or that there is none', async () => {
    const yaml = it_('token: gitlab:JOB_TOKEN');
    const there = await ask(yaml, [], { JOB_TOKEN: playground.facts.tokens.active_jwt });
    expect(there.results['it']?.outcome).toBe('passed');
    const gone = await ask(yaml);
    expect(gone.exit).toBe(2);
    expect(gone.results['it']?.error?.message).toMatch(
      /ID token of a GitLab job in the variable `JOB_TOKEN`, got none/,
    );
  });

  it('the service account of a pod, by its path', async () => {
    const path = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    const options = { network: true, env: env() };
    const token = { content: playground.facts.tokens.active_jwt, mode: 0o644 };
    const standard = await gateJson([], { ...options, yaml: it_('token: kubernetes'), files: { [path]: token } });
    expect([standard.results['it']?.outcome, standard.stderr]).toEqual(['passed', '']);
    const own = await gateJson([], { ...options, yaml: it_('token: kubernetes:tok'), files: { tok: token } });
    expect(own.results['it']?.outcome).toBe('passed');
    const none = await gateJson([], { ...options, yaml: it_('token: kubernetes') });
    expect(none.results['it']?.error?.message).toContain(`\`${path}\`, got none: no such file`);
  });
});

describe('what is expected', () => {
  it.each<[string, () => string, number, string, string]>([
    [
      'the audience',
      () => it_('token: env:T_wrong_audience_jwt', `audience: ${issuer}/api`),
      1,
      'failed',
      'audience failed',
    ],
    ['that it has not expired', () => it_('token: env:T_expired_jwt'), 1, 'failed', 'expiry failed'],
    ['the signature', () => it_('token: env:T_forged_jwt'), 1, 'failed', 'signature failed'],
    ['the kind', () => it_('token: env:T_active_jwt', 'expect: id_token'), 1, 'failed', 'kind failed'],
    ['the algorithms', () => it_('token: env:T_active_jwt', 'alg: [ES256]'), 1, 'failed', 'algorithm failed'],
    ['what is left of it', () => it_('token: env:T_active_jwt', 'min-ttl: 1d'), 1, 'failed', 'lifetime failed'],
    ['its age', () => it_('token: env:T_expired_jwt', 'max-age: 1h'), 1, 'failed', 'max_age failed'],
    [
      'a claim by value',
      () => it_('token: env:T_active_jwt', 'claims: { sub: user-002 }'),
      1,
      'failed',
      'claim:sub failed',
    ],
    [
      'a claim by pattern',
      () => it_('token: env:T_active_jwt', 'claims: { sub: { matches: "^svc-" } }'),
      1,
      'failed',
      'claim:sub failed',
    ],
    [
      'a claim that matches',
      () => it_('token: env:T_active_jwt', 'claims: { sub: { matches: "-\\\\d{3}$" } }'),
      0,
      'passed',
      'claim:sub passed',
    ],
    [
      'a warning when it expires soon',
      () => it_('token: env:T_active_jwt', 'warn-ttl: 1d'),
      0,
      'warned',
      'remaining warned',
    ],
    [
      'no warning while there is time',
      () => it_('token: env:T_active_jwt', 'warn-ttl: 1m'),
      0,
      'passed',
      'remaining passed',
    ],
    [
      'a warning as a failure',
      () =>
        it_(
          'token: env:T_active_jwt',
          `audience: ${issuer}/api`,
          'expect: access_token',
          'strict: true',
          'warn-ttl: 1d',
        ),
      1,
      'failed',
      'remaining failed',
    ],
    [
      'that answers are quick',
      () => it_('token: env:T_active_opaque', 'max-latency: 1ms'),
      1,
      'failed',
      'latency failed',
    ],
    [
      'that answers are not too slow',
      () => it_('token: env:T_active_opaque', 'max-latency: 1m'),
      0,
      'passed',
      'latency passed',
    ],
    ['that it is refused, and it is', () => it_('token: env:T_revoked', 'active: false'), 0, 'passed', 'active passed'],
    [
      'that it is refused, and it is not',
      () => it_('token: env:T_active_opaque', 'active: false'),
      1,
      'failed',
      'active failed',
    ],
  ])('%s', async (_, yaml, exit, outcome, assertion) => {
    const done = await ask(yaml());
    expect([done.exit, done.results['it']?.outcome]).toEqual([exit, outcome]);
    expect(outcomes(done.results['it'] as never)).toContain(assertion);
  });

  it('says in words why it was refused as expected', async () => {
    const { results } = await ask(it_('token: env:T_expired_jwt', 'active: false'));
    expect(results['it']?.because).toBe('inactive, as expected: the token expired 1 h ago');
    expect(results['it']?.causes).toEqual([]);
  });

  it('takes no answer for a refusal', async () => {
    const server = await scriptedServer([status(500)]);
    const { exit, results } = await gateJson([], {
      yaml: `checks:\n  it:\n    token: env:T\n    active: false\n    retry: 0\n    introspection-endpoint: ${server.origin}/introspect\n    client-id: a\n    client-secret: env:S\n`,
      network: true,
      env: { T: 'an-opaque-token-of-nobody', S: 'secret-of-client-a' },
    });
    expect([exit, results['it']?.outcome, results['it']?.error?.code]).toEqual([3, 'unknown', 'ERR_HTTP_STATUS']);
  });

  it('keeps claims that nobody asked about out of the result', async () => {
    const { stdout } = await ask(it_('token: env:T_active_jwt'));
    expect(stdout).not.toContain('user-001');
  });

  it('does not look for a pattern in a claim without end', async () => {
    const claims = { iss: 'x', sub: 'a'.repeat(5000) };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${payload}.${'A'.repeat(342)}`;
    const { results } = await gateJson([], {
      yaml: `checks:\n  it:\n    token: env:T\n    jwks: keys.json\n    claims: { sub: { matches: "^(a+)+$" } }\n`,
      env: { T: token },
      files: {
        'keys.json':
          '{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}',
      },
    });
    const matched = results['it']?.checks.find(({ name }) => name === 'claim:sub');
    expect(matched?.because).toBe('the claim is longer than the 2048 characters that are matched');
  });
});

describe('several checks', () => {
  const several = () => `${profile()}checks:
  good: { token: env:T_active_opaque, tags: [deploy, smoke] }
  bad: { token: env:T_expired_jwt, tags: deploy }
  unset: { token: env:NO_SUCH_VARIABLE, tags: smoke }
`;

  it('all run, whatever is wrong with one of them, and the worst decides', async () => {
    const { exit, run, results } = await ask(several());
    expect(exit).toBe(2);
    expect(run.summary).toEqual({ total: 3, failed: 1, unknown: 1, warned: 0, passed: 1 });
    expect(run.results.map(({ name }) => name)).toEqual(['good', 'bad', 'unset']);
    expect(results['unset']?.error?.message).toBe(
      'tokctl.yaml:11:12: `--token` cannot be read: the variable `NO_SUCH_VARIABLE` is not set',
    );
  });

  it.each([
    [['good'], ['good'], 0],
    [['bad', 'good'], ['good', 'bad'], 1],
    [['--tag', 'deploy'], ['good', 'bad'], 1],
    [['--tag', 'smoke,deploy'], ['good', 'bad', 'unset'], 2],
    [['unset', '--tag', 'smoke'], ['unset'], 2],
  ])('are picked by %j', async (words, names, exit) => {
    const done = await ask(several(), words);
    expect(done.run.results.map(({ name }) => name)).toEqual(names);
    expect(done.exit).toBe(exit);
  });

  it.each([
    [['goood'], /no check `goood` in tokctl\.yaml/, /did you mean `good`\? there are: good, bad, unset/],
    [['--tag', 'deplyo'], /no tag `deplyo`/, /did you mean `deploy`\?/],
    [['bad', '--tag', 'smoke'], /no check in tokctl\.yaml has both/, /--tag/],
    [['x'.repeat(80)], /no check in tokctl\.yaml/, /there are: good/],
  ])('are not picked by %j', async (words, message, hint) => {
    const { exit, stderr } = await gate(words, { yaml: several() });
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(hint);
    expect(stderr).not.toContain('x'.repeat(80));
  });

  it('an issuer that hangs leaves the others their time', async () => {
    const server = await scriptedServer([silence]);
    const { exit, results } =
      await ask(`${several().replace('  unset: { token: env:NO_SUCH_VARIABLE, tags: smoke }\n', '')}
  hangs: { token: env:T_active_opaque, issuer: "${server.origin}", timeout: 200ms }
`);
    expect(exit).toBe(3);
    expect(results['hangs']?.error?.code).toBe('ERR_TIMEOUT');
    expect(results['good']?.outcome).toBe('passed');
  });

  it('stay within the limit', async () => {
    let open = 0;
    let most = 0;
    const yaml = `checks:\n${Array.from({ length: 12 }, (_, n) => `  c${n}: { token: env:T, introspection-endpoint: "http://127.0.0.1:1/i?${n}", client-id: a, client-secret: env:S }\n`).join('')}`;
    const { run } = await gateJson(['--concurrency', '3'], {
      yaml,
      env: { T: 'an-opaque-token-of-nobody', S: 'secret-of-client-a' },
      fetch: async () => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return new Response('{"active":true}', { headers: { 'content-type': 'application/json' } }) as never;
      },
    });
    expect(run.summary.passed).toBe(12);
    expect(most).toBe(3);
  });

  it('share metadata only where their settings are the same', async () => {
    const asked: string[] = [];
    const one = (name: string, more = '') => `  ${name}: { token: env:T, issuer: "https://id.example.com"${more} }\n`;
    await gateJson(['--concurrency', '1'], {
      yaml: `checks:\n${one('a')}${one('b')}${one('c', ', insecure-tls: true')}`,
      env: { T: playground.facts.tokens.active_jwt },
      fetch: async (url) => {
        asked.push(url);
        const body = { issuer: 'https://id.example.com', jwks_uri: 'https://id.example.com/jwks', keys: [] };
        return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }) as never;
      },
    });
    expect(asked.filter((url) => url.endsWith('openid-configuration'))).toHaveLength(2);
  });
});

describe('one check from flags', () => {
  const flags = (...words: string[]) => gateJson(words, { network: true, env: env() });

  it('is a token', async () => {
    const { exit, results } = await flags(
      '--token',
      'env:T_active_jwt',
      '--issuer',
      issuer,
      '--claim-matches',
      'sub=^user-',
      '--warn-ttl',
      '1m',
    );
    expect(exit).toBe(0);
    expect(outcomes(results['token'] as never)).toEqual(
      expect.arrayContaining(['claim:sub passed', 'remaining passed']),
    );
  });

  it('is a token that must be refused', async () => {
    const { exit } = await flags('--token', 'env:T_expired_jwt', '--issuer', issuer, '--active', 'false');
    expect(exit).toBe(0);
  });

  it('is a resource, with a dead token of its own', async () => {
    const { exit, results } = await flags(
      '--resource',
      playground.facts.endpoints.resource,
      '--token',
      'env:T_active_jwt',
      '--dead-token',
      'env:T_expired_jwt',
    );
    expect(exit).toBe(0);
    expect(outcomes(results['resource'] as never)).toEqual([
      'with_token passed',
      'without_token passed',
      'dead_token passed',
    ]);
  });

  it('is an issuer', async () => {
    const { exit, results } = await flags(
      '--server',
      '--issuer',
      issuer,
      '--min-keys',
      '1',
      '--key-alg',
      'RS256',
      '--refuses-anonymous',
    );
    expect([exit, results['issuer']?.measures.jwks_keys]).toEqual([0, 1]);
  });

  it.each([
    [['--token', 'env:A', '--file', 'x.yaml'], /expected checks from a file or one from flags, got both/],
    [['--token', 'env:A', 'name'], /got both/],
    [['--token', 'env:A', '--server'], /expected one subject/],
    [['--token', 'env:A', '--min-keys', '2'], /`--min-keys` would not be looked at/],
    [['--token', 'env:A', '--claim-matches', 'sub=('], /`--claim-matches`: expected a regular expression/],
    [[], /expected checks in `tokctl\.yaml` or from flags, got neither/],
  ])('cannot be %j', async (words, message) => {
    const { exit, stderr } = await gate(words);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('needs an issuer where the issuer is checked', async () => {
    const { exit, results } = await flags('--server');
    expect([exit, results['issuer']?.error?.message]).toEqual([2, 'expected an issuer to check, got none']);
  });

  it('win over the file, as the environment does', async () => {
    const yaml = it_('token: env:T_active_jwt', 'min-ttl: 1d');
    expect((await ask(yaml)).exit).toBe(1);
    expect((await ask(yaml, ['--min-ttl', '1m'])).exit).toBe(0);
    expect((await ask(yaml, [], { TOKCTL_MIN_TTL: '1m' })).exit).toBe(0);
  });
});

describe("the user's own profile", () => {
  const config = '/home/me/.config/tokctl/config.yaml';
  const files = (at: string) => ({
    [config]: `profiles:\n  mine:\n    issuer: ${at}\n    client-id: mine\n    client-secret: users-own-secret\n`,
  });

  it('is there for a check that says nothing of whom to ask', async () => {
    const { results } = await gateJson(['-p', 'mine'], {
      yaml: 'checks:\n  it: { token: env:T_active_jwt }\n',
      network: true,
      env: { ...env(), HOME: '/home/me' },
      files: files(issuer),
    });
    expect(results['it']?.outcome).toBe('passed');
  });

  it('is picked by the token', async () => {
    const { results } = await gateJson([], {
      yaml: 'checks:\n  it: { token: env:T_active_jwt }\n',
      network: true,
      env: { ...env(), HOME: '/home/me' },
      files: files(issuer),
    });
    expect(results['it']).toMatchObject({ outcome: 'passed', issuer });
  });

  it('gives no credentials to an endpoint that the file names', async () => {
    const server = await scriptedServer([]);
    const { results } = await gateJson(['-p', 'mine'], {
      yaml: `checks:\n  it: { token: env:T_active_opaque, introspection-endpoint: "${server.origin}/i" }\n`,
      network: true,
      env: { ...env(), HOME: '/home/me' },
      files: files(issuer),
    });
    expect(results['it']?.error?.code).toBe('ERR_CLIENT_CREDENTIALS_MISSING');
  });
});
