// A check of a protected resource (RFC 6750): the good token opens it, no token and a dead token do not, and it says so.

import { randomBytes } from 'node:crypto';
import { contextOf } from '../judging/context.ts';
import { exchange } from '../protocol/http/exchange.ts';
import type { HttpAnswer, Network } from '../protocol/http/network.ts';
import type { ResourceCheck } from './definition.ts';
import type { Findings, Instruments } from './findings.ts';
import type { Assertion } from './result.ts';
import { obtainToken } from './token-origin.ts';

/** What an observer is told that the request was for. */

export async function performResourceCheck(check: ResourceCheck, instruments: Instruments): Promise<Findings> {
  const question = instruments.within(check.question);
  const token = check.token === undefined ? undefined : await obtainToken(check.token, question);
  if (token !== undefined) instruments.keepSecret(token.text, token.fetched);
  const dead = check.deadToken ?? deadToken(token?.text);
  instruments.keepSecret(dead, false);
  const { network } = await contextOf(question);
  const get = (bearer?: string) => ask(new URL(check.url), bearer, network);
  const checks = [
    ...(token === undefined ? [] : [opens(await get(token.text))]),
    refusesNobody(await get()),
    refusesDead(await get(dead)),
  ];
  return {
    checks,
    because: token === undefined ? 'it refuses who has no good token' : 'it opens to the good token only',
  };
}

function ask(url: URL, bearer: string | undefined, network: Network): Promise<HttpAnswer> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  return exchange({ purpose: 'resource', method: 'GET', url, headers: { accept: '*/*', ...authorization } }, network);
}

function opens({ status, headers }: HttpAnswer): Assertion {
  const challenge = headers.get('www-authenticate');
  return {
    name: 'with_token',
    outcome: status === 200 ? 'passed' : 'failed',
    expected: 200,
    actual: status,
    because:
      status === 200
        ? 'the good token opens it'
        : `the good token does not open it${challenge === undefined ? '' : `: ${challenge.slice(0, 200)}`}`,
    spec: 'RFC 6750 §2.1',
  };
}

/** Who shows no token is told the scheme; an error code is not asked for there (RFC 6750 §3.1). */
function refusesNobody(answer: HttpAnswer): Assertion {
  const problem = refusalProblem(answer, 'a caller without a token');
  return {
    name: 'without_token',
    outcome: problem === undefined ? 'passed' : 'failed',
    expected: '401, WWW-Authenticate: Bearer',
    actual: shown(answer),
    because: problem ?? 'it refuses callers without a token',
    spec: 'RFC 6750 §3',
  };
}

function refusesDead(answer: HttpAnswer): Assertion {
  const problem =
    refusalProblem(answer, 'a dead token') ??
    (/\berror\s*=\s*"?invalid_token"?/i.test(challengeOf(answer))
      ? undefined
      : 'its challenge does not say error="invalid_token"');
  return {
    name: 'dead_token',
    outcome: problem === undefined ? 'passed' : 'failed',
    expected: '401, WWW-Authenticate: Bearer error="invalid_token"',
    actual: shown(answer),
    because: problem ?? 'it refuses a dead token',
    spec: 'RFC 6750 §3.1',
  };
}

const challengeOf = ({ headers }: HttpAnswer): string => headers.get('www-authenticate') ?? '';

function shown(answer: HttpAnswer): string {
  const challenge = challengeOf(answer);
  return challenge === '' ? String(answer.status) : `${answer.status}, WWW-Authenticate: ${challenge.slice(0, 200)}`;
}

function refusalProblem(answer: HttpAnswer, whom: string): string | undefined {
  if (answer.status >= 200 && answer.status < 300) return `it opens to ${whom}`;
  if (answer.status !== 401) return `it answers ${whom} with another status`;
  return /(?:^|,\s*)Bearer(?:\s|,|$)/i.test(challengeOf(answer)) ? undefined : 'it does not name the scheme Bearer';
}

/** A JWT under another signature, so that a resource which does not verify is found out; else a text nobody issued. */
function deadToken(good: string | undefined): string {
  const [, head, signature] = /^([\w-]+\.[\w-]+)\.([\w-]+)$/.exec(good ?? '') ?? [];
  if (head === undefined || signature === undefined) return randomBytes(32).toString('base64url');
  return `${head}.${randomBytes(Math.floor((signature.length * 3) / 4)).toString('base64url')}`;
}
