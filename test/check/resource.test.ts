// Checks of a protected resource (RFC 6750): what opens it, what does not, and how it says so.

import { describe, expect, it } from 'vitest';
import type { ResourceCheck } from '../../src/check/definition.ts';
import { runCheck } from '../../src/check.ts';
import { nodeTransport } from '../../src/protocol/http/node-transport.ts';
import { json, status } from '../servers/answers.ts';
import { type Answer, scriptedServer } from '../servers/scripted-server.ts';
import { outcomes } from './gate.ts';

const INVALID = { 'www-authenticate': 'Bearer realm="api", error="invalid_token", error_description="expired"' };
const OPEN = json({ hello: true });
const CLOSED = status(401, { 'www-authenticate': 'Bearer' });
const DEAD = status(401, INVALID);
const GOOD = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyLTAwMSJ9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

async function check(answers: Answer[], more: Partial<ResourceCheck> = {}) {
  const server = await scriptedServer(answers);
  const result = await runCheck({
    name: 'it',
    subject: 'resource',
    url: `${server.origin}/me`,
    token: { from: 'text', text: GOOD },
    question: { retries: 0, fetch: nodeTransport() },
    ...more,
  });
  return { result, received: server.received };
}

describe('a resource', () => {
  it('that opens to the good token only is as it should be', async () => {
    const { result, received } = await check([OPEN, CLOSED, DEAD]);
    expect(outcomes(result)).toEqual(['with_token passed', 'without_token passed', 'dead_token passed']);
    expect(received.map(({ method, target }) => `${method} ${target}`)).toEqual(['GET /me', 'GET /me', 'GET /me']);
    const [good, none, dead] = received.map(({ headers }) => headers.get('authorization'));
    expect([good, none]).toEqual([`Bearer ${GOOD}`, undefined]);
    // The same claims under a signature that nobody made.
    expect(dead?.slice(0, -20)).not.toBe(good?.slice(0, -20));
    expect(dead?.split('.').slice(0, 2)).toEqual(good?.split('.').slice(0, 2));
    expect(dead).toHaveLength(good?.length ?? 0);
  });

  it.each<[string, Answer[], string, RegExp]>([
    [
      'refuses the good token',
      [DEAD, CLOSED, DEAD],
      'with_token failed',
      /does not open it: Bearer realm="api", error="invalid_token"/,
    ],
    ['forbids the good token', [status(403), CLOSED, DEAD], 'with_token failed', /does not open it$/],
    ['opens without a token', [OPEN, OPEN, DEAD], 'without_token failed', /it opens to a caller without a token/],
    ['does not verify', [OPEN, CLOSED, OPEN], 'dead_token failed', /it opens to a dead token/],
    [
      'redirects to a login',
      [OPEN, status(302, { location: '/login' }), DEAD],
      'without_token failed',
      /another status/,
    ],
    ['does not name its scheme', [OPEN, status(401), DEAD], 'without_token failed', /does not name the scheme Bearer/],
    [
      'names another scheme',
      [OPEN, status(401, { 'www-authenticate': 'Basic realm="Bearer"' }), DEAD],
      'without_token failed',
      /scheme Bearer/,
    ],
    ['does not say why', [OPEN, CLOSED, CLOSED], 'dead_token failed', /does not say error="invalid_token"/],
  ])('that %s is told', async (_, answers, assertion, because) => {
    const { result } = await check(answers);
    expect([result.outcome, result.exit_code]).toEqual(['failed', 1]);
    expect(outcomes(result)).toContain(assertion);
    expect(result.because).toMatch(because);
  });

  it('is shown a dead token of one’s own', async () => {
    const { received } = await check([OPEN, CLOSED, DEAD], { deadToken: 'a-token-that-has-expired' });
    expect(received[2]?.headers.get('authorization')).toBe('Bearer a-token-that-has-expired');
  });

  it('is looked at without a good token too', async () => {
    const { result, received } = await check([CLOSED, DEAD], { token: undefined } as never);
    expect(outcomes(result)).toEqual(['without_token passed', 'dead_token passed']);
    expect(received[1]?.headers.get('authorization')).toMatch(/^Bearer [\w-]{43}$/);
  });

  it('that echoes the token does not get it into the result', async () => {
    const echo = status(401, { 'www-authenticate': `Bearer error="invalid_token", error_description="${GOOD}"` });
    const { result } = await check([echo, CLOSED, DEAD]);
    expect(JSON.stringify(result)).not.toContain('AAAAAAAAAAAAAAAAAAAAAAAA');
  });

  it('is not asked by http beyond loopback', async () => {
    const { result } = await check([], { url: 'http://api.example.com/' });
    expect([result.exit_code, result.error?.code]).toEqual([2, 'ERR_ENDPOINT_REFUSED']);
  });
});
